using System.Collections.Immutable;
using Dataforts.Capabilities.Tags;

namespace Dataforts.Capabilities.Peers;

/// <summary>One walk over the tags of an offer. They come in ordinal order, which is also the order of hashes, and claims come before heats.</summary>
internal sealed class OfferReading
{
    private readonly List<ChainClaim> _claims = [];
    private readonly Dictionary<ulong, int> _heats = [];
    private int _unclaimed, _surplus, _malformed;

    public OfferReading(ImmutableSortedSet<string> tags, int mostBlobs, int mostWants)
    {
        List<(ChainHeat Heat, string Tag)> chainHeats = [];
        List<(BlobHeat Heat, string Tag)> blobHeats = [];
        List<(ChainWant Want, string Tag)> wants = [];
        foreach (string tag in tags)
        {
            if (tag[0] is not ('c' or 'h' or 's')) continue;
            if (ChainClaim.TryParse(tag, out ChainClaim claim)) AddClaim(claim);
            else if (BlobHeat.TryParse(tag, out BlobHeat blob)) blobHeats.Add((blob, tag));
            else if (ChainHeat.TryParse(tag, out ChainHeat chain)) chainHeats.Add((chain, tag));
            else if (ChainWant.TryParse(tag, out ChainWant want)) wants.Add((want, tag));
            else if (tag.StartsWith(TagGrammar.Heat, StringComparison.Ordinal)) Drop(tag, ref _malformed);
            else if (tag.StartsWith(TagGrammar.Scope, StringComparison.Ordinal)) Scopes.Add(new Mark<string>(tag[TagGrammar.Scope.Length..], null, 0));
        }
        TakeChainHeats(chainHeats);
        TakeBlobHeats(blobHeats, mostBlobs);
        TakeWants(wants, mostWants);
    }

    public List<string> Dropped { get; } = [];

    public List<BlobHeat> Blobs { get; } = [];

    public List<ChainWant> Wants { get; } = [];

    public List<Mark<string>> Scopes { get; } = [];

    public FilterCounts Counts => new(_unclaimed, _surplus, _malformed, 0);

    public ImmutableArray<Mark<ulong>> Chains() => [.. _claims.Select(claim => new Mark<ulong>(claim.Chain, claim, _heats.GetValueOrDefault(claim.Chain)))];

    // Of several claims to one chain the one that reaches furthest, then the one that starts first.
    private void AddClaim(ChainClaim claim)
    {
        if (_claims.Count == 0 || _claims[^1].Chain != claim.Chain)
        {
            _claims.Add(claim);
            return;
        }
        ChainClaim known = _claims[^1];
        ulong end = claim.End ?? 0, knownEnd = known.End ?? 0;
        if (end > knownEnd || (end == knownEnd && claim.Start < known.Start)) _claims[^1] = claim;
    }

    private void TakeChainHeats(List<(ChainHeat Heat, string Tag)> heats)
    {
        HashSet<ulong> claimed = [.. _claims.Select(claim => claim.Chain)];
        // The hottest of several for one chain comes first.
        foreach ((ChainHeat heat, string tag) in heats.OrderByDescending(each => each.Heat.Level).ThenBy(each => each.Tag, StringComparer.Ordinal))
        {
            if (!claimed.Contains(heat.Chain)) Drop(tag, ref _unclaimed);
            else if (!_heats.TryAdd(heat.Chain, heat.Level)) Drop(tag, ref _surplus);
        }
    }

    private void TakeBlobHeats(List<(BlobHeat Heat, string Tag)> heats, int most)
    {
        HashSet<Content.BlobHash> seen = [];
        foreach ((BlobHeat heat, string tag) in heats.OrderByDescending(each => each.Heat.Level).ThenBy(each => each.Tag, StringComparer.Ordinal))
        {
            if (Blobs.Count < most && seen.Add(heat.Hash)) Blobs.Add(heat);
            else Drop(tag, ref _surplus);
        }
        Blobs.Sort((a, b) => a.Hash.CompareTo(b.Hash));
    }

    // One chain, one want; and none of what it holds, which has a heat for that.
    private void TakeWants(List<(ChainWant Want, string Tag)> wants, int most)
    {
        HashSet<ulong> seen = [.. _claims.Select(claim => claim.Chain)];
        foreach ((ChainWant want, string tag) in wants.OrderByDescending(each => each.Want.Level).ThenBy(each => each.Tag, StringComparer.Ordinal))
        {
            if (Wants.Count < most && seen.Add(want.Chain)) Wants.Add(want);
            else Drop(tag, ref _surplus);
        }
        Wants.Sort(static (a, b) => a.Chain.CompareTo(b.Chain));
    }

    private void Drop(string tag, ref int count)
    {
        count++;
        Dropped.Add(tag);
    }
}
