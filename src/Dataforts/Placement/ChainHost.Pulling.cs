using Dataforts.Capabilities.Peers;
using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Placement;

internal sealed partial class ChainHost : IGravityHost<ulong>
{
    private long _emissions;

    public long Emissions => Volatile.Read(ref _emissions);

    ulong IGravityHost<ulong>.Id => _mesh.Self.Value;

    GravityStanding IGravityHost<ulong>.Standing => _standing;

    long IGravityHost<ulong>.FreeBytes => Store.FreeBytes;

    IReadOnlyList<IGravityPeer<ulong>> IGravityHost<ulong>.Peers => _peers.All();

    TimeSpan IGravityHost<ulong>.RoundTripTo(IGravityPeer<ulong> peer) => RoundTripTo(new NodeId(peer.Id));

    bool IGravityHost<ulong>.Holds(ulong key) => Store.Holds(key) || Greedy.IsHeld(key);

    bool IGravityHost<ulong>.IsInFlight(ulong key) => Store.IsComing(key);

    long IGravityHost<ulong>.SizeBytesOf(ulong key) => _options.ChainBytes;

    void IGravityHost<ulong>.AddHolders(ulong key, List<IGravityPeer<ulong>> destination)
    {
        foreach (Holder holder in HoldersOf(key))
        {
            if (_index.TryFind(holder.Id, out IndexedPeer? peer)) destination.Add(ChainPeer.Of(peer));
        }
    }

    void IGravityHost<ulong>.AddVictims(long bytes, List<(ulong Key, long SizeBytes)> destination)
    {
        foreach (ulong chain in Store.Chains()) destination.Add((chain, _options.ChainBytes));
    }

    ValueTask IGravityHost<ulong>.DropAsync(ulong key, CancellationToken cancellationToken)
    {
        Claims.Claim([], [key], ClaimReason.Copy);
        Store.Drop(key);
        Note(PlacementDeed.Dropped, key);
        return ValueTask.CompletedTask;
    }

    async ValueTask<bool> IGravityHost<ulong>.PullAsync(ulong key, IGravityPeer<ulong> from, CancellationToken cancellationToken)
    {
        if (!Store.TryExpect(key)) return Store.Holds(key);
        ChainCopy? copy = null;
        try
        {
            copy = await FetchFromAnyAsync(key, new NodeId(from.Id), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Store.Settle(key, copy);
        }
        if (copy is null) return false;
        try
        {
            Claims.Claim([key], [], ClaimReason.Copy);
        }
        catch
        {
            // A copy that nobody may know of would be in no plan either.
            Store.Drop(key);
            throw;
        }
        Note(PlacementDeed.Pulled, key);
        return true;
    }

    ValueTask<bool> IGravityHost<ulong>.AnnounceAsync(IReadOnlyList<HeatChange<ulong>> changes, CancellationToken cancellationToken)
    {
        try
        {
            Claims.Tell(changes);
        }
        catch (ObjectDisposedException)
        {
            return ValueTask.FromResult(false);
        }
        foreach (HeatChange<ulong> change in changes)
        {
            Interlocked.Increment(ref _emissions);
            Note(change.Verdict == HeatVerdict.Emit ? PlacementDeed.Told : PlacementDeed.Unsaid, change.Key, change.Level);
        }
        return ValueTask.FromResult(true);
    }

    private async ValueTask<ChainCopy?> FetchFromAnyAsync(ulong chain, NodeId first, CancellationToken cancellationToken)
    {
        if (await TryFetchAsync(chain, first, cancellationToken).ConfigureAwait(false) is { } copy) return copy;
        foreach (Holder holder in HoldersOf(chain).Where(holder => holder.Id != first).Take(_options.HoldersAsked - 1))
        {
            if (await TryFetchAsync(chain, holder.Id, cancellationToken).ConfigureAwait(false) is { } other) return other;
        }
        return null;
    }

    private async ValueTask<ChainCopy?> TryFetchAsync(ulong chain, NodeId holder, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(PlacementLimits.MaxPullTime, _mesh.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await FetchAsync(chain, holder, both.Token).ConfigureAwait(false);
        }
        catch (DatafortsException)
        {
            // A claim is a hint: the next one may answer.
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It took too long, and others wait for the tick.
            return null;
        }
    }

    // Page by page, to its end. A holder that goes on for ever, or back, is left where it stands.
    private async ValueTask<ChainCopy?> FetchAsync(ulong chain, NodeId holder, CancellationToken cancellationToken)
    {
        var copy = new ChainCopy(_options.ChainBytes, PlacementLimits.MaxCopiedEvents);
        string channel = "";
        ulong sequence = 0;
        for (int page = 0; page < PlacementLimits.MaxPullPages; page++)
        {
            byte[] request = ChainWire.EncodePull(chain, sequence, channel);
            ReadOnlyMemory<byte> reply = await _mesh.RequestAsync(holder, ChainWire.PullSubject, request, cancellationToken).ConfigureAwait(false);
            // It let go of the chain meanwhile: half of a copy would pass for all of it.
            if (reply.Length == 0 || reply.Span[0] != ChainWire.Here) return null;
            if (!TryAddPage(copy, chain, reply.Span[1..], ref channel, ref sequence)) break;
        }
        // Nothing is no copy, whatever its holder says.
        return copy.Bytes > 0 ? copy : null;
    }

    // False when there was nothing more in it.
    private bool TryAddPage(ChainCopy copy, ulong chain, ReadOnlySpan<byte> page, ref string channel, ref ulong sequence)
    {
        bool isMore = false;
        while (ChainWire.TryTake(ref page, out string name, out ulong at, out long timeMs, out ReadOnlySpan<byte> payload))
        {
            int order = string.CompareOrdinal(name, channel);
            if (order < 0 || (order == 0 && at < sequence) || at == ulong.MaxValue || !_keys.TryKey(name, chain, out _)) return false;
            copy.Add(name, at, timeMs, payload);
            (channel, sequence, isMore) = (name, at + 1, true);
        }
        return isMore;
    }
}
