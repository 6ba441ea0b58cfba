using System.Buffers;
using Dataforts.Capabilities.Peers;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;

namespace Dataforts.Placement;

internal sealed partial class ChainHost : IChainHolders
{
    private long _reads, _localReads, _failedReads, _retries;

    public long Reads => Volatile.Read(ref _reads);

    public long LocalReads => Volatile.Read(ref _localReads);

    public long FailedReads => Volatile.Read(ref _failedReads);

    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Reads an event for the application: from what is here, else from the nearest that has it. Counts it as demand, whoever has it.</summary>
    /// <returns>Null when nobody has it.</returns>
    public async ValueTask<ChainRead?> ReadAsync(
        string channel, ulong chain, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        if (!_keys.TryKey(channel, chain, out ChannelKey key)) throw new ArgumentException($"\"{channel}\" is no channel's name", nameof(channel));
        ChainRead? read = Greedy.TryRead(in key, sequence, destination, out CachedEvent cached)
            ? new ChainRead(cached, _mesh.Self, 0)
            : await FindAsync(key, sequence, destination, cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _reads);
        if (read is null) Interlocked.Increment(ref _failedReads);
        else if (read.Value.Source == _mesh.Self) Interlocked.Increment(ref _localReads);
        return read;
    }

    async ValueTask<CachedEvent?> IChainHolders.ReadAsync(
        ChannelKey key, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken) =>
        (await FindAsync(key, sequence, destination, cancellationToken).ConfigureAwait(false))?.Event;

    private async ValueTask<ChainRead?> FindAsync(ChannelKey key, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        if (Store.TryRead(key.Name, key.Origin, sequence, out StoredEvent here))
        {
            destination.Write(here.Payload);
            return new ChainRead(new CachedEvent(sequence, here.TimeMs, here.Payload.Length), _mesh.Self, 0);
        }
        int asked = 0;
        foreach (Holder holder in HoldersOf(key.Origin))
        {
            if (asked == _options.HoldersAsked) break;
            if (await TryAskAsync(holder.Id, key, sequence, cancellationToken).ConfigureAwait(false) is { } found)
            {
                destination.Write(found.Payload);
                // What is read again and again of a chain that is copied here belongs to the copy.
                Store.Add(key.Name, key.Origin, sequence, found.TimeMs, found.Payload);
                return new ChainRead(new CachedEvent(sequence, found.TimeMs, found.Payload.Length), holder.Id, asked);
            }
            asked++;
            Interlocked.Increment(ref _retries);
        }
        return null;
    }

    // A claim is a hint: null when this holder does not have it or does not answer, and the next one may.
    private async ValueTask<StoredEvent?> TryAskAsync(NodeId holder, ChannelKey key, ulong sequence, CancellationToken cancellationToken)
    {
        try
        {
            byte[] payload = [];
            while (true)
            {
                byte[] request = ChainWire.EncodeRead(key.Origin, sequence, payload.Length, key.Name);
                ReadOnlyMemory<byte> reply = await _mesh.RequestAsync(holder, ChainWire.ReadSubject, request, cancellationToken).ConfigureAwait(false);
                if (!ChainWire.TryDecodeReadReply(reply.Span, out long timeMs, out int length)) return null;
                ReadOnlySpan<byte> part = reply.Span[ChainWire.ReadHeaderBytes..];
                // A reply is as full as it may be: one that comes by drops would never end.
                if (part.Length != Math.Min(length - payload.Length, MeshLimits.MaxMessageBytes - ChainWire.ReadHeaderBytes)) return null;
                payload = [.. payload, .. part];
                if (payload.Length == length) return new StoredEvent(timeMs, payload);
            }
        }
        catch (DatafortsException)
        {
            return null;
        }
    }
}
