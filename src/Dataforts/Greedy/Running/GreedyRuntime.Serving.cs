using System.Buffers;
using Dataforts.Greedy.Caching;

namespace Dataforts.Greedy.Running;

public sealed partial class GreedyRuntime
{
    /// <summary>Reads an event from the cache for a peer. It counts as a use of the copy, but not as demand here: the peer counts that where its
    /// reader is.</summary>
    public bool TryServe(in ChannelKey key, ulong sequence, IBufferWriter<byte> destination, out CachedEvent found)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return _cache.TryRead(in key, sequence, destination, out found);
    }

    /// <summary>Reads events from the cache for a peer, as <see cref="TryServe"/> does.</summary>
    /// <param name="key">Their chain.</param>
    /// <param name="from">The lowest number wanted.</param>
    /// <param name="maxBytes">How many payload bytes to hand out at most, beyond the first event.</param>
    /// <param name="destination">Takes the payloads, one behind the other.</param>
    /// <param name="events">Takes what they are.</param>
    public int Serve(in ChannelKey key, ulong from, int maxBytes, IBufferWriter<byte> destination, List<CachedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(events);
        return _cache.Read(in key, from, maxBytes, destination, events);
    }
}
