using System.Buffers;
using System.Buffers.Binary;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

internal sealed partial class SimulatedNode : IChainHolders
{
    private const string ReadSubject = "chain/read";
    private const string PullSubject = "chain/pull";
    private const int PullBytes = 256 * 1024;

    public long Reads { get; private set; }

    public long LocalReads { get; private set; }

    public long FailedReads { get; private set; }

    /// <summary>Holders that were asked in vain before one was found.</summary>
    public long Retries { get; private set; }

    /// <summary>Called when a read is over: the chain, who gave it, null when nobody did, and how long it took.</summary>
    public Action<ulong, NodeId?, TimeSpan>? ReadDone { get; set; }

    /// <summary>Reads an event for the application: from what is here, else from the nearest that holds it.</summary>
    public async Task ReadAsync(ulong chain, ulong sequence)
    {
        var buffer = new ReadBuffer();
        TimeSpan start = _world.Time.Elapsed;
        CachedEvent? found = null;
        try
        {
            found = await Greedy.ReadAsync(KeyOf(chain), sequence, buffer, _life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        NodeId? source = found is null ? null : buffer.Source ?? Id;
        Reads++;
        Retries += buffer.Retries;
        if (source == Id) LocalReads++;
        if (found is null) FailedReads++;
        ReadDone?.Invoke(chain, source, _world.Time.Elapsed - start);
    }

    async ValueTask<CachedEvent?> IChainHolders.ReadAsync(
        ChannelKey key, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        var buffer = (ReadBuffer)destination;
        if (TryReadStored(key.Origin, sequence, out ReadOnlyMemory<byte> payload))
        {
            buffer.Write(payload.Span);
            return new CachedEvent(sequence, 0, payload.Length);
        }
        var request = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(request, key.Origin);
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(8), sequence);
        foreach (ChainPeer holder in HoldersOf(key.Origin))
        {
            try
            {
                ReadOnlyMemory<byte> reply = await Mesh.RequestAsync(new NodeId(holder.Id), ReadSubject, request, cancellationToken).ConfigureAwait(false);
                if (reply.Length > 0)
                {
                    buffer.Source = new NodeId(holder.Id);
                    buffer.Write(reply.Span[1..]);
                    return new CachedEvent(sequence, 0, reply.Length - 1);
                }
            }
            catch (DatafortsException)
            {
                // A claim is a hint: the next one may answer.
            }
            buffer.Retries++;
            if (Options.Fault == NodeFault.AsksOnce) break;
        }
        return null;
    }

    /// <summary>Who is said to hold a chain, nearest first.</summary>
    private List<ChainPeer> HoldersOf(ulong chain)
    {
        var holders = new List<ChainPeer>();
        foreach (ChainPeer holder in _directory.HoldersOf(chain))
        {
            if (holder.Id != Id.Value) holders.Add(_sharesDirectory ? holder with { RoundTrip = RoundTripTo(new NodeId(holder.Id)) } : holder);
        }
        holders.Sort(static (a, b) => (a.RoundTrip, a.Id).CompareTo((b.RoundTrip, b.Id)));
        return holders;
    }

    private ValueTask<ReadOnlyMemory<byte>> ServeRead(NodeId peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ulong chain = BinaryPrimitives.ReadUInt64LittleEndian(body.Span), sequence = BinaryPrimitives.ReadUInt64LittleEndian(body.Span[8..]);
        var buffer = new ReadBuffer();
        // A first byte tells an empty event from none.
        buffer.Write((ReadOnlySpan<byte>)[1]);
        if (TryReadStored(chain, sequence, out ReadOnlyMemory<byte> payload)) buffer.Write(payload.Span);
        else if (!Greedy.TryServe(KeyOf(chain), sequence, buffer, out _)) return default;
        return ValueTask.FromResult(buffer.Written);
    }

    private ValueTask<ReadOnlyMemory<byte>> ServePull(NodeId peer, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ulong chain = BinaryPrimitives.ReadUInt64LittleEndian(body.Span);
        if (chain == Id.Value) return ValueTask.FromResult<ReadOnlyMemory<byte>>(_own.Encode());
        if (_copies.TryGetValue(chain, out ChainCopy? copy)) return ValueTask.FromResult<ReadOnlyMemory<byte>>(copy.Encode());
        var buffer = new ReadBuffer();
        List<CachedEvent> events = [];
        Greedy.Serve(KeyOf(chain), 0, PullBytes, buffer, events);
        var made = new ChainCopy(Options.OwnEvents);
        int at = 0;
        foreach (CachedEvent item in events)
        {
            made.Add(item.Sequence, buffer.Written.Span.Slice(at, item.Length));
            at += item.Length;
        }
        return ValueTask.FromResult<ReadOnlyMemory<byte>>(made.Encode());
    }

    private bool TryReadStored(ulong chain, ulong sequence, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (chain == Id.Value) return _own.TryRead(sequence, out payload);
        return _copies.TryGetValue(chain, out ChainCopy? copy) && copy.TryRead(sequence, out payload);
    }
}
