using Dataforts.Content;

namespace Dataforts.Capabilities;

public sealed partial class CapabilityBuilder
{
    /// <summary>Claims chains; what was claimed of them before, in whatever form, is replaced.</summary>
    public CapabilityBuilder Hold(params IEnumerable<ChainClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        foreach (ChainClaim claim in claims)
        {
            RemoveClaims(claim.Chain);
            _tags.Add(claim.ToString());
        }
        return this;
    }

    /// <summary>Claims a part of a chain; one that is empty says nothing and changes nothing.</summary>
    public CapabilityBuilder HoldRange(ulong chain, ulong start, ulong end) => start < end ? Hold(ChainClaim.Range(chain, start, end)) : this;

    /// <summary>Takes a chain's claim back, and its heat, which needs one.</summary>
    public CapabilityBuilder Release(ulong chain)
    {
        RemoveClaims(chain);
        return Heat(chain, 0);
    }

    /// <summary>Says what chain the node's own came from.</summary>
    public CapabilityBuilder ForkOf(ulong parent)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parent);
        _tags.Add($"{TagGrammar.ForkOf}{parent:x16}");
        return this;
    }

    /// <summary>Says how hot a chain is, from 0 to 1 in two decimals; what is outside is taken as the nearer end, what rounds to 0 takes the tag away,
    /// and what is no number, or of chain 0, changes nothing.</summary>
    public CapabilityBuilder Heat(ulong chain, double rate)
    {
        if (chain == 0 || HeatText.LevelOf(rate) is not { } level) return this;
        RemoveFrom(ChainHeat.Prefix(chain));
        if (ChainHeat.Format(chain, level) is { } tag) _tags.Add(tag);
        return this;
    }

    /// <inheritdoc cref="Heat(ulong, double)"/>
    public CapabilityBuilder Heat(BlobHash blob, double rate)
    {
        if (HeatText.LevelOf(rate) is not { } level) return this;
        RemoveFrom($"{BlobHeat.Prefix}{blob.ToHex()}=");
        if (BlobHeat.Format(blob, level) is { } tag) _tags.Add(tag);
        return this;
    }

    // A longer hash that starts with this one is another chain.
    private void RemoveClaims(ulong chain)
    {
        string tag = $"{TagGrammar.Causal}{chain:x16}";
        RemoveFrom(tag, text => text.Length == tag.Length || text[tag.Length] is ':' or '[');
    }
}
