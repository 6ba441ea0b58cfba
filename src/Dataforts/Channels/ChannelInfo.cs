using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>A channel as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">What stands for it in tokens: the canonical hash of its name, unless another channel of the store has that.</param>
/// <param name="First">The first event that is retained; <paramref name="Next"/> when none is.</param>
/// <param name="Next">The number of the event that is written next.</param>
/// <param name="Bytes">Payload bytes of the retained events.</param>
/// <param name="Epoch">Rises when what was appended last may have been lost with the machine's power: only then can a number be given again.</param>
/// <param name="Subscribers">Tails in this process.</param>
/// <param name="Retention">How much stays.</param>
public sealed record ChannelInfo(
    ChannelName Name, ulong Id, ulong First, ulong Next, long Bytes, uint Epoch, int Subscribers, EventRetention Retention)
{
    /// <summary>Retained events.</summary>
    public ulong Count => Next - First;
}
