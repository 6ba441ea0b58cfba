using System.Buffers;
using Dataforts.Greedy.Caching;

namespace Dataforts.Greedy.Running;

/// <summary>Reads events from the nodes that hold them.</summary>
public interface IChainHolders
{
    /// <summary>Reads one event from whoever holds it, nearest first, and asks the next where one fails: a claim is a hint.</summary>
    /// <param name="key">Its chain.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="destination">Takes the payload.</param>
    /// <param name="cancellationToken">Given up by.</param>
    /// <returns>Null when nobody has it.</returns>
    ValueTask<CachedEvent?> ReadAsync(ChannelKey key, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken);
}
