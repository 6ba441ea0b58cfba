using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>What all nodes offer, turned round: who holds a chain, who tells of a blob's heat, who is in a scope. Follows a directory of peers.</summary>
/// <remarks>
/// <para>Thread-safe. Every answer is an immutable snapshot. Reading takes no lock, but for the first to ask for a key after its nodes changed.</para>
/// <para>An announcement is read once, and costs what changed in it. A peer past its deadline is in no answer.</para>
/// <para>Offers are believed as far as <see cref="OfferFilter"/> says, and heat no faster than <see cref="PeerLimits"/> allows.</para>
/// </remarks>
public sealed partial class PeerIndex : IDisposable
{
    private readonly Lock _gate = new();
    private readonly NodeId _self;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<NodeId, PeerSlot> _slots = new();
    private readonly Postings<ulong> _chains;
    private readonly Postings<BlobHash> _blobs;
    private readonly Postings<string> _scopes;
    private readonly PriorityQueue<NodeId, (DateTimeOffset, NodeId)> _deadlines = new();
    private readonly PeerSlot _own;
    private IDisposable? _watch;
    private List<PeerChange>? _early = [];
    private ImmutableArray<IndexedPeer> _all;
    private long _nextDeadline = long.MaxValue;
    private IndexCounters _counters;

    private PeerIndex(NodeId self, TimeProvider time)
    {
        (_self, _time) = (self, time);
        (_chains, _blobs, _scopes) = (new(_gate, Comparer<ulong>.Default), new(_gate, Comparer<BlobHash>.Default), new(_gate, StringComparer.Ordinal));
        _own = new PeerSlot(HeatAllowance.Full(time.GetUtcNow()));
    }

    /// <summary>What it has done.</summary>
    public IndexCounters Counters
    {
        get
        {
            lock (_gate) return _counters with { Peers = _slots.Count };
        }
    }

    /// <summary>An index of what a directory knows and will know, until it is disposed.</summary>
    /// <param name="self">This node.</param>
    /// <param name="directory">The others; what it says of <paramref name="self"/> is passed over.</param>
    /// <param name="time">The clock that peers' deadlines go by.</param>
    public static PeerIndex Follow(NodeId self, IPeerDirectory directory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(time);
        var index = new PeerIndex(self, time);
        // Changes may come under the directory's lock, so none of ours is held while it is asked. What comes meanwhile waits, and then has the last word.
        index._watch = directory.Watch(index.Take);
        IReadOnlyList<Peer> known = directory.Snapshot();
        lock (index._gate)
        {
            foreach (Peer peer in known) index.Apply(new PeerChange(peer.Id, null, peer));
            foreach (PeerChange change in index._early!) index.Apply(change);
            index._early = null;
        }
        return index;
    }

    /// <summary>Enters what this node itself offers; it stays until it is replaced.</summary>
    public void SetSelf(Offer offer)
    {
        PeerOffer own = OfferFilter.ReadOwn(offer);
        lock (_gate) Enter(_self, _own, null, own.Chains, own.Blobs, own.Scopes, hasMoved: false);
    }

    /// <summary>A peer that is still believed.</summary>
    public bool TryFind(NodeId id, [NotNullWhen(true)] out IndexedPeer? peer)
    {
        peer = _slots.TryGetValue(id, out PeerSlot? slot) ? slot.Current : null;
        if (peer is not null && peer.Peer.Deadline > _time.GetUtcNow()) return true;
        peer = null;
        return false;
    }

    /// <summary>All peers that are believed, in the order of their ids: the same array for all who ask, until something changes.</summary>
    public ImmutableArray<IndexedPeer> All()
    {
        DropExpired();
        lock (_gate)
        {
            if (_all.IsDefault) _all = [.. _slots.Values.Select(slot => slot.Current).OfType<IndexedPeer>().OrderBy(peer => peer.Id)];
            return _all;
        }
    }

    /// <summary>The nodes that claim a chain, nearest first. None for chain 0, which is no chain.</summary>
    public ImmutableArray<Holder> HoldersOf(ulong chain)
    {
        DropExpired();
        return _chains.Find(chain);
    }

    /// <summary>The nodes that tell heat of a blob, nearest first: they read it, and so are likely to hold it.</summary>
    public ImmutableArray<Holder> HoldersOf(BlobHash blob)
    {
        DropExpired();
        return _blobs.Find(blob);
    }

    /// <summary>The nodes in a scope such as <c>zone:a</c>, with or without <c>scope:</c>, nearest first.</summary>
    public ImmutableArray<Holder> NodesIn(string scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        DropExpired();
        return _scopes.Find(scope.StartsWith(TagGrammar.Scope, StringComparison.Ordinal) ? scope[TagGrammar.Scope.Length..] : scope);
    }

    /// <summary>Stops following. What it knows stays, until it expires.</summary>
    public void Dispose() => _watch?.Dispose();
}
