using System.Collections.Immutable;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>One node's place in the index: what readers see of it, and what of it is entered where. Changed under the index's lock.</summary>
internal sealed class PeerSlot(HeatAllowance allowance)
{
    private IndexedPeer? _current;

    /// <summary>What readers see, without the lock; null for this node itself.</summary>
    public IndexedPeer? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>The deadline that it stands in the queue with. One entry a peer, however often it announces.</summary>
    public DateTimeOffset Queued { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Changes of heat that it may still make.</summary>
    public HeatAllowance Allowance { get; set; } = allowance;

    /// <summary>Chains that it is entered under.</summary>
    public ImmutableArray<Mark<ulong>> Chains { get; set; } = [];

    /// <summary>What it wants, as far as it is believed.</summary>
    public ImmutableArray<Mark<ulong>> Wants { get; set; } = [];

    /// <summary>Blobs that it is entered under.</summary>
    public ImmutableArray<Mark<BlobHash>> Blobs { get; set; } = [];

    /// <summary>Scopes that it is entered under.</summary>
    public ImmutableArray<Mark<string>> Scopes { get; set; } = [];

    /// <summary>Whether an offer is the one that was read: it says the same, so nothing has to be read again.</summary>
    public bool Says(Offer raw) =>
        Current?.Peer.Offer is { } known && (ReferenceEquals(known, raw)
            || (Same(known.Tags, raw.Tags) && (ReferenceEquals(known.Metadata, raw.Metadata) || known.Metadata.SequenceEqual(raw.Metadata))));

    private static bool Same(ImmutableSortedSet<string> a, ImmutableSortedSet<string> b) =>
        ReferenceEquals(a, b) || (a.Count == b.Count && a.SequenceEqual(b, StringComparer.Ordinal));
}
