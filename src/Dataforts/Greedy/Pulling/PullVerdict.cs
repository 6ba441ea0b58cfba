using Dataforts.Capabilities;
using Dataforts.Capabilities.Intents;

namespace Dataforts.Greedy.Pulling;

/// <summary>Whether blobs of a publisher's events may be fetched ahead: a pure function of both nodes' tags.</summary>
internal static class PullVerdict
{
    private const string Storage = "dataforts.blob.storage";
    private const string Enabled = "dataforts.greedy.enabled";
    private const string Proximity = "dataforts.greedy.proximity";
    private const string Scope = "dataforts.greedy.scope";
    private const string Unhealthy = "dataforts:blob-storage-unhealthy";

    public static PullRefused Judge(TagFacts local, TagFacts publisher)
    {
        if (!local.HasKey(Storage)) return PullRefused.NoStorage;
        if (!local.HasKey(Enabled)) return PullRefused.GreedyDisabled;
        if (local.Number(Proximity) is null or 0) return PullRefused.ProximityZero;
        if (local.Has(Unhealthy)) return PullRefused.Unhealthy;
        return MayCross(local, publisher) ? PullRefused.None : PullRefused.ScopeMismatch;
    }

    // The narrower of the two decides.
    private static bool MayCross(TagFacts local, TagFacts publisher) =>
        ScopeRule.Reaches(ScopeRule.Narrower(DriftOffer.WidthOf(local.Text(Scope)), DriftOffer.WidthOf(publisher.Text(Scope))), local, publisher);
}
