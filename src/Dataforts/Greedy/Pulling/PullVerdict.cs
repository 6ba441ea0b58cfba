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
    private const string Zone = "zone:";
    private const string Region = "region:";

    public static PullRefused Judge(TagFacts local, TagFacts publisher)
    {
        if (!local.HasKey(Storage)) return PullRefused.NoStorage;
        if (!local.HasKey(Enabled)) return PullRefused.GreedyDisabled;
        if (local.Number(Proximity) is null or 0) return PullRefused.ProximityZero;
        if (local.Has(Unhealthy)) return PullRefused.Unhealthy;
        return MayCross(local, publisher) ? PullRefused.None : PullRefused.ScopeMismatch;
    }

    // The narrower of the two decides, and it is the place that is compared, not the width's name: two nodes are in one zone when both name it.
    private static bool MayCross(TagFacts local, TagFacts publisher) => Math.Min(WidthOf(local), WidthOf(publisher)) switch
    {
        0 => false,
        1 => Share(local, publisher, Zone),
        2 => Share(local, publisher, Zone) || Share(local, publisher, Region),
        _ => true,
    };

    private static int WidthOf(TagFacts facts) => facts.Text(Scope)?.ToLowerInvariant() switch
    {
        "node" => 0,
        "zone" => 1,
        "region" => 2,
        _ => 3,
    };

    private static bool Share(TagFacts local, TagFacts publisher, string kind)
    {
        foreach (string label in local.Scopes)
        {
            if (label.StartsWith(kind, StringComparison.Ordinal) && publisher.Scopes.Contains(label)) return true;
        }
        return false;
    }
}
