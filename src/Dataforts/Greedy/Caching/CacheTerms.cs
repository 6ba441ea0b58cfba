namespace Dataforts.Greedy.Caching;

/// <summary>The bounds that hold now, as one object: an event sees all of the old or all of the new.</summary>
internal sealed class CacheTerms(GreedyLimits limits, BlockPool pool, CreditSource credit, bool isOn)
{
    public GreedyLimits Limits => limits;

    public CreditSource Credit => credit;

    public bool IsOn => isOn;

    public AppendTerms For(long reserveBytes) => new(pool, credit, limits.ChannelCapBytes, reserveBytes);

    public CacheTerms With(bool on) => new(limits, pool, credit, on);
}
