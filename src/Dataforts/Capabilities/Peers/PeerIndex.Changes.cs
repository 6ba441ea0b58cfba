using System.Collections.Immutable;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

public sealed partial class PeerIndex
{
    private void Take(PeerChange change)
    {
        lock (_gate)
        {
            if (_early is { } early) early.Add(change);
            else Apply(change);
        }
    }

    private void Apply(PeerChange change)
    {
        if (change.Id == _self) return;
        if (change.After is { } after) Apply(after);
        else if (Forget(change.Id)) _counters = _counters with { Removed = _counters.Removed + 1 };
    }

    private void Apply(Peer peer)
    {
        DateTimeOffset now = _time.GetUtcNow();
        bool isKnown = _slots.TryGetValue(peer.Id, out PeerSlot? slot);
        if (isKnown && slot!.Current!.Peer.Announcement.Version > peer.Announcement.Version)
        {
            _counters = _counters with { Rejected = _counters.Rejected + 1 };
            return;
        }
        slot ??= new PeerSlot(HeatAllowance.Full(now));
        bool isSame = slot.Says(peer.Offer);
        PeerOffer offer = isSame ? slot.Current!.Offered : OfferFilter.Read(peer.Offer);
        bool hasMoved = isKnown && slot.Current!.Peer.RoundTrip != peer.RoundTrip;
        Settle(peer, slot, offer, now, hasMoved);
        _all = default;
        if (!isKnown) _slots[peer.Id] = slot;
        if (peer.Deadline < slot.Queued) Queue(slot, peer);
        Count(isKnown, isSame, offer.Dropped);
    }

    private void Settle(Peer peer, PeerSlot slot, PeerOffer offer, DateTimeOffset now, bool hasMoved)
    {
        HeatAllowance allowance = slot.Allowance.AsOf(now);
        long held = 0;
        ImmutableArray<Mark<ulong>> chains = HeatChurn.Settle(slot.Chains, offer.Chains, ref allowance, ref held);
        ImmutableArray<Mark<BlobHash>> blobs = HeatChurn.Settle(slot.Blobs, offer.Blobs, ref allowance, ref held);
        slot.Wants = HeatChurn.Settle(slot.Wants, offer.Wants, ref allowance, ref held);
        slot.Allowance = allowance;
        slot.Current = new IndexedPeer(peer, offer) { Chains = chains, Wants = slot.Wants };
        _counters = _counters with { HeatHeld = _counters.HeatHeld + held };
        Enter(peer.Id, slot, peer.RoundTrip, chains, blobs, offer.Scopes, hasMoved);
    }

    private void Enter(
        NodeId id, PeerSlot slot, TimeSpan? roundTrip, ImmutableArray<Mark<ulong>> chains, ImmutableArray<Mark<BlobHash>> blobs,
        ImmutableArray<Mark<string>> scopes, bool hasMoved)
    {
        bool isSelf = ReferenceEquals(slot, _own);
        int marks = _chains.Update(id, isSelf, roundTrip, slot.Chains, chains, hasMoved)
            + _blobs.Update(id, isSelf, roundTrip, slot.Blobs, blobs, hasMoved)
            + _scopes.Update(id, isSelf, roundTrip, slot.Scopes, scopes, hasMoved);
        (slot.Chains, slot.Blobs, slot.Scopes) = (chains, blobs, scopes);
        _counters = _counters with { Marks = _counters.Marks + marks };
    }

    private bool Forget(NodeId id)
    {
        if (!_slots.TryRemove(id, out PeerSlot? slot)) return false;
        _all = default;
        Enter(id, slot, null, [], [], [], hasMoved: false);
        return true;
    }

    private void Count(bool isKnown, bool isSame, FilterCounts dropped)
    {
        _counters = (isKnown, isSame) switch
        {
            (false, _) => _counters with { Inserted = _counters.Inserted + 1 },
            (_, true) => _counters with { Refreshed = _counters.Refreshed + 1 },
            _ => _counters with { Replaced = _counters.Replaced + 1 },
        };
        if (isSame) return;
        _counters = _counters with
        {
            HeatUnclaimed = _counters.HeatUnclaimed + dropped.Unclaimed,
            HeatSurplus = _counters.HeatSurplus + dropped.Surplus,
            HeatMalformed = _counters.HeatMalformed + dropped.Malformed,
            KeysStripped = _counters.KeysStripped + dropped.Keys,
        };
    }

    private void DropExpired()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now.UtcTicks < Volatile.Read(ref _nextDeadline)) return;
        lock (_gate)
        {
            while (_deadlines.TryPeek(out NodeId id, out (DateTimeOffset At, NodeId) due) && due.At <= now)
            {
                _deadlines.Dequeue();
                // It may stand there for a peer that went and came again, or for an announcement that a newer one has replaced.
                if (!_slots.TryGetValue(id, out PeerSlot? slot) || slot.Queued != due.At) continue;
                Peer peer = slot.Current!.Peer;
                if (peer.Deadline > now) Queue(slot, peer);
                else if (Forget(id)) _counters = _counters with { Expired = _counters.Expired + 1 };
            }
            Arm();
        }
    }

    private void Queue(PeerSlot slot, Peer peer)
    {
        slot.Queued = peer.Deadline;
        _deadlines.Enqueue(peer.Id, (peer.Deadline, peer.Id));
        Arm();
    }

    private void Arm() => Volatile.Write(ref _nextDeadline, _deadlines.TryPeek(out _, out (DateTimeOffset At, NodeId) due) ? due.At.UtcTicks : long.MaxValue);
}
