using System.Collections.Immutable;
using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;

namespace Dataforts.Greedy.Admission;

/// <summary>Decides what may be cached: a pure function of the node's rules and capabilities, the publisher's announcement, and the event's hints.</summary>
internal static class AdmissionPolicy
{
    /// <summary>Tries the gates that do not depend on the moment.</summary>
    /// <param name="rules">The node's rules.</param>
    /// <param name="local">The node's capabilities.</param>
    /// <param name="publisher">The publisher.</param>
    /// <param name="hints">The event's own wishes, which go before the publisher's.</param>
    /// <param name="channel">The channel's name.</param>
    /// <param name="origin">The publisher's origin hash.</param>
    public static AdmissionVerdict Judge(
        AdmissionRules rules, TagFacts local, Publisher publisher, PublisherHints hints, string channel, ulong origin)
    {
        PublisherHints wishes = hints.Over(publisher.Hints);
        ColocationNeed need = NeedOf(rules.Colocation, wishes);
        return new AdmissionVerdict(
            RefusalOf(rules, local, publisher, wishes, channel, origin),
            Math.Min(wishes.Priority ?? PublisherHints.NormalPriority, rules.HighestRemotePriority),
            need,
            need == ColocationNeed.None ? 0 : wishes.ColocateWith ?? 0);
    }

    private static AdmissionRefusal RefusalOf(
        AdmissionRules rules, TagFacts local, Publisher publisher, PublisherHints wishes, string channel, ulong origin)
    {
        if (!IsInScope(rules, publisher, wishes.Scopes)) return AdmissionRefusal.Scope;
        if (!Serves(rules, local, wishes.Intents)) return AdmissionRefusal.Intent;
        if (publisher.RoundTrip > rules.MaxRoundTrip) return AdmissionRefusal.Proximity;
        return rules.Access?.MayCache(channel, origin) == false ? AdmissionRefusal.Access : AdmissionRefusal.None;
    }

    private static bool IsInScope(AdmissionRules rules, Publisher publisher, ImmutableArray<string> narrowed)
    {
        if (rules.ScopeLabels.Count == 0) return true;
        // A wish narrows the scopes that the publisher announced; where it announced none, the wish is all there is.
        bool isWish = !narrowed.IsEmpty, hasScopes = publisher.Facts.Scopes.Count > 0;
        foreach (string label in rules.ScopeLabels)
        {
            if ((!isWish || narrowed.Contains(label)) && (publisher.Facts.Scopes.Contains(label) || (isWish && !hasScopes))) return true;
        }
        return false;
    }

    private static bool Serves(AdmissionRules rules, TagFacts local, ImmutableArray<string> intents)
    {
        if (rules.Intents == IntentMatching.Disabled) return true;
        bool anyKnown = false, anyServed = false;
        foreach (string intent in intents)
        {
            if (rules.IntentRegistry.IsServedBy(intent, local) is not { } served) continue;
            if (!served && rules.Intents == IntentMatching.Strict) return false;
            (anyKnown, anyServed) = (true, anyServed || served);
        }
        return !anyKnown || anyServed;
    }

    private static ColocationNeed NeedOf(ColocationPolicy policy, PublisherHints wishes) => policy switch
    {
        ColocationPolicy.Ignore => ColocationNeed.None,
        _ when wishes.NeedsColocation => ColocationNeed.Must,
        _ when !wishes.WantsColocation => ColocationNeed.None,
        ColocationPolicy.StrictRequired => ColocationNeed.Must,
        _ => ColocationNeed.Prefer,
    };
}
