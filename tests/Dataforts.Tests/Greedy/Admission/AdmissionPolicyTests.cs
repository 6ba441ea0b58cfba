using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;

namespace Dataforts.Tests.Greedy.Admission;

public sealed class AdmissionPolicyTests
{
    private static readonly TagFacts Cores = new(["hardware.cpu_cores=8"]);

    /// <summary>Every way in which each gate can stand, all of them together: the first that is shut is the reason.</summary>
    [Fact]
    public void The_first_gate_that_is_shut_is_the_reason_in_every_combination()
    {
        for (int gates = 0; gates < 64; gates++)
        {
            bool scope = (gates & 1) != 0, intent = (gates & 2) != 0, colocation = (gates & 4) != 0;
            bool proximity = (gates & 8) != 0, access = (gates & 16) != 0, room = (gates & 32) != 0;
            AdmissionRefusal expected =
                !scope ? AdmissionRefusal.Scope : !intent ? AdmissionRefusal.Intent : !colocation ? AdmissionRefusal.Colocation
                : !proximity ? AdmissionRefusal.Proximity : !access ? AdmissionRefusal.Access : !room ? AdmissionRefusal.Capacity : AdmissionRefusal.None;
            var rules = new AdmissionRules { Scopes = ["scope:tenant:a"], Intents = IntentMatching.Strict, Access = new FixedAccess(access) };
            var publisher = new Publisher(
                new TagFacts([scope ? "scope:tenant:a" : "scope:tenant:b"]),
                Hints(("intent", "cpu-bound"), ("colocate-with-strict", "0000000000000007")),
                TimeSpan.FromMilliseconds(proximity ? 200 : 201));
            AdmissionVerdict verdict = Judge(rules, intent ? Cores : TagFacts.None, publisher);
            Assert.Equal(expected, verdict.Decide(colocation, room ? 0 : 1, out _));
        }
    }

    [Fact]
    public void The_defaults_admit_an_event_of_which_nothing_is_known() =>
        Assert.Equal(AdmissionRefusal.None, Judge(new AdmissionRules(), TagFacts.None, Publisher.Unknown).Decide(false, 0, out _));

    // Policy x wish x held.
    [Theory]
    [InlineData(ColocationPolicy.Ignore, "soft", false, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.Ignore, "strict", false, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.Ignore, "none", false, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.Ignore, "soft", true, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.Ignore, "strict", true, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.SoftPreference, "none", false, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.SoftPreference, "soft", false, AdmissionRefusal.None, 64)]
    [InlineData(ColocationPolicy.SoftPreference, "soft", true, AdmissionRefusal.None, 192)]
    [InlineData(ColocationPolicy.SoftPreference, "strict", false, AdmissionRefusal.Colocation, 128)]
    [InlineData(ColocationPolicy.SoftPreference, "strict", true, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.StrictRequired, "none", false, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.StrictRequired, "soft", false, AdmissionRefusal.Colocation, 128)]
    [InlineData(ColocationPolicy.StrictRequired, "soft", true, AdmissionRefusal.None, 128)]
    [InlineData(ColocationPolicy.StrictRequired, "strict", false, AdmissionRefusal.Colocation, 128)]
    [InlineData(ColocationPolicy.StrictRequired, "strict", true, AdmissionRefusal.None, 128)]
    public void Colocation_follows_policy_wish_and_what_is_held(
        ColocationPolicy policy, string wish, bool held, AdmissionRefusal expected, int priority)
    {
        PublisherHints hints = wish == "none"
            ? PublisherHints.None
            : Hints((wish == "soft" ? "colocate-with" : "colocate-with-strict", "0000000000000007"));
        AdmissionVerdict verdict = Judge(new AdmissionRules { Colocation = policy }, TagFacts.None, Publisher.Unknown, hints);
        Assert.Equal(expected, verdict.Decide(held, 0, out int granted));
        Assert.Equal(priority, granted);
    }

    [Theory]
    [InlineData(IntentMatching.Disabled, "cpu-bound", false, true)]
    [InlineData(IntentMatching.AnyOf, "", false, true)]
    [InlineData(IntentMatching.AnyOf, "cpu-bound", false, false)]
    [InlineData(IntentMatching.AnyOf, "cpu-bound", true, true)]
    [InlineData(IntentMatching.AnyOf, "cpu-bound,inference", true, true)]
    [InlineData(IntentMatching.AnyOf, "unheard-of", false, true)]
    [InlineData(IntentMatching.AnyOf, "unheard-of,inference", true, false)]
    [InlineData(IntentMatching.Strict, "", false, true)]
    [InlineData(IntentMatching.Strict, "cpu-bound", false, false)]
    [InlineData(IntentMatching.Strict, "cpu-bound", true, true)]
    [InlineData(IntentMatching.Strict, "cpu-bound,inference", true, false)]
    [InlineData(IntentMatching.Strict, "unheard-of", false, true)]
    public void Intents_are_the_publishers_own(IntentMatching matching, string declared, bool hasCores, bool admitted)
    {
        AdmissionVerdict verdict = Judge(
            new AdmissionRules { Intents = matching }, hasCores ? Cores : TagFacts.None, Publisher.Unknown, Hints(("intent", declared)));
        Assert.Equal(admitted ? AdmissionRefusal.None : AdmissionRefusal.Intent, verdict.Refusal);
    }

    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("", "tenant:a", "", true)]
    [InlineData("tenant:a", "", "", false)]
    [InlineData("tenant:a", "tenant:a", "", true)]
    [InlineData("scope:tenant:a", "tenant:a", "", true)]
    [InlineData("tenant:a,tenant:b", "tenant:b", "", true)]
    [InlineData("tenant:a", "tenant:a,tenant:b", "tenant:b", false)]
    [InlineData("tenant:b", "tenant:a,tenant:b", "tenant:b", true)]
    [InlineData("tenant:b", "tenant:a", "tenant:b", false)]
    [InlineData("tenant:b", "", "scope:tenant:b", true)]
    public void Scopes_are_matched_with_and_without_their_prefix_and_a_wish_only_narrows(string configured, string announced, string wished, bool admitted)
    {
        var rules = new AdmissionRules { Scopes = configured.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        var publisher = new Publisher(
            new TagFacts(announced.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => "scope:" + label)), PublisherHints.None, null);
        Assert.Equal(admitted ? AdmissionRefusal.None : AdmissionRefusal.Scope, Judge(rules, TagFacts.None, publisher, Hints(("scope", wished))).Refusal);
    }

    [Fact]
    public void A_publisher_cannot_ask_for_more_than_the_node_grants()
    {
        Assert.Equal(128, Judge(new AdmissionRules(), TagFacts.None, Publisher.Unknown, Hints(("priority", "255"))).Priority);
        Assert.Equal(5, Judge(new AdmissionRules(), TagFacts.None, Publisher.Unknown, Hints(("priority", "5"))).Priority);
        var generous = new AdmissionRules { HighestRemotePriority = 200 };
        Assert.Equal(200, Judge(generous, TagFacts.None, Publisher.Unknown, Hints(("priority", "255"))).Priority);
    }

    [Fact]
    public void The_fuller_the_machine_the_more_urgent_an_event_must_be()
    {
        Assert.Equal(AdmissionRefusal.Capacity, Verdict(0).Decide(false, 0.75, out _));
        Assert.Equal(AdmissionRefusal.None, Verdict(128).Decide(false, 0.84, out _));
        Assert.Equal(AdmissionRefusal.Capacity, Verdict(128).Decide(false, 0.86, out _));
        Assert.Equal(AdmissionRefusal.None, Verdict(255).Decide(false, 0.94, out _));
        Assert.Equal(AdmissionRefusal.Capacity, Verdict(255).Decide(false, 0.95, out _));
        Assert.Equal(AdmissionRefusal.Capacity, Verdict(255).Decide(false, double.NaN, out _));
        Assert.Equal(0, AdmissionVerdict.ReserveBytes(128, 1000));
        Assert.Equal(250, AdmissionVerdict.ReserveBytes(64, 1000));
        Assert.Equal(500, AdmissionVerdict.ReserveBytes(0, 1000));

        static AdmissionVerdict Verdict(int priority) => new(AdmissionRefusal.None, priority, ColocationNeed.None, 0);
    }

    [Fact]
    public void Rules_out_of_bounds_are_named()
    {
        Assert.Equal("MaxRoundTrip", Assert.Throws<ArgumentOutOfRangeException>(() => new AdmissionRules { MaxRoundTrip = TimeSpan.Zero }.Check()).ParamName);
        Assert.Equal(
            "HighestRemotePriority", Assert.Throws<ArgumentOutOfRangeException>(() => new AdmissionRules { HighestRemotePriority = 256 }.Check()).ParamName);
    }

    private static AdmissionVerdict Judge(AdmissionRules rules, TagFacts local, Publisher publisher, PublisherHints? hints = null) =>
        AdmissionPolicy.Judge(rules, local, publisher, hints ?? PublisherHints.None, "a", 1);

    private static PublisherHints Hints(params (string Key, string Value)[] pairs) =>
        PublisherHints.Parse(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));

    private sealed class FixedAccess(bool answer) : IChannelAccess
    {
        public bool MayCache(string channel, ulong origin) => answer;
    }
}
