using System.Buffers;
using Dataforts.Greedy.Caching;
using Dataforts.Mesh;

namespace Dataforts.Placement;

internal sealed partial class ChainHost
{
    /// <summary>Answers a peer that reads an event.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ServeReadAsync(NodeId peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ReadOnlyMemory<byte>>(Event(body.Span));

    /// <summary>Answers a peer that copies a chain: a page of what is here.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ServePullAsync(NodeId peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ReadOnlyMemory<byte>>(Page(body.Span));

    private byte[] Event(ReadOnlySpan<byte> body)
    {
        if (!ChainWire.TryDecodeRead(body, out ulong chain, out ulong sequence, out int offset, out string channel)) return [];
        if (Store.TryRead(channel, chain, sequence, out StoredEvent stored)) return ChainWire.EncodeReadReply(stored.TimeMs, stored.Payload, offset);
        if (!_keys.TryKey(channel, chain, out ChannelKey key)) return [];
        var payload = new ArrayBufferWriter<byte>();
        return Greedy.TryServe(in key, sequence, payload, out CachedEvent cached)
            ? ChainWire.EncodeReadReply(cached.TimeMs, payload.WrittenSpan, offset) : [];
    }

    private byte[] Page(ReadOnlySpan<byte> body)
    {
        if (!ChainWire.TryDecodePull(body, out ulong chain, out ulong sequence, out string channel)) return [];
        if (Store.Page(chain, channel, sequence) is { } stored) return stored;
        if (!Greedy.IsHeld(chain)) return [];
        var page = new MemoryStream();
        page.WriteByte(ChainWire.Here);
        foreach (ChannelKey key in _keys.Of(chain, channel))
        {
            if (!TryAddCached(page, in key, key.Name == channel ? sequence : 0)) break;
        }
        return page.ToArray();
    }

    // False when the page is full.
    private bool TryAddCached(MemoryStream page, in ChannelKey key, ulong from)
    {
        List<CachedEvent> events = [];
        while (true)
        {
            var payloads = new ArrayBufferWriter<byte>();
            events.Clear();
            Greedy.Serve(in key, from, MeshLimits.MaxMessageBytes, payloads, events);
            int at = 0;
            foreach (CachedEvent item in events)
            {
                ReadOnlySpan<byte> payload = payloads.WrittenSpan.Slice(at, item.Length);
                at += item.Length;
                // One that fits no page stays behind: it is read from here by itself.
                if (ChainWire.Fits(key.Name, item.Length) && !ChainWire.TryAdd(page, key.Name, item.Sequence, item.TimeMs, payload)) return false;
            }
            if (events.Count == 0 || events[^1].Sequence == ulong.MaxValue) return true;
            from = events[^1].Sequence + 1;
        }
    }
}
