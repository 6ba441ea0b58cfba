using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Tests.Greedy.Pulling;

public sealed class PullVerdictTests
{
    private const string Ready = "dataforts.blob.storage|dataforts.greedy.enabled|dataforts.greedy.proximity=1";

    [Theory]
    [InlineData("", "", PullRefused.NoStorage)]
    [InlineData("dataforts.blob.storage", "", PullRefused.GreedyDisabled)]
    [InlineData("dataforts.blob.storage|dataforts.greedy.enabled", "", PullRefused.ProximityZero)]
    [InlineData("dataforts.blob.storage|dataforts.greedy.enabled|dataforts.greedy.proximity=0", "", PullRefused.ProximityZero)]
    [InlineData(Ready + "|dataforts:blob-storage-unhealthy|dataforts.greedy.scope=node", "", PullRefused.Unhealthy)]
    [InlineData(Ready, "", PullRefused.None)]
    [InlineData(Ready, "dataforts.greedy.scope=mesh", PullRefused.None)]
    [InlineData(Ready, "dataforts.greedy.scope=Node", PullRefused.ScopeMismatch)]
    [InlineData(Ready, "dataforts.greedy.scope=zone|scope:zone:a", PullRefused.ScopeMismatch)]
    [InlineData(Ready + "|scope:zone:b", "dataforts.greedy.scope=zone|scope:zone:a", PullRefused.ScopeMismatch)]
    [InlineData(Ready + "|scope:zone:a", "dataforts.greedy.scope=zone|scope:zone:a", PullRefused.None)]
    [InlineData(Ready + "|dataforts.greedy.scope=zone|scope:zone:a", "scope:zone:a", PullRefused.None)]
    [InlineData(Ready + "|dataforts.greedy.scope=zone|scope:zone:a", "scope:zone:b", PullRefused.ScopeMismatch)]
    [InlineData(Ready + "|dataforts.greedy.scope=region|scope:region:r", "scope:region:r|dataforts.greedy.scope=region", PullRefused.None)]
    [InlineData(Ready + "|dataforts.greedy.scope=region|scope:region:r", "scope:region:r|dataforts.greedy.scope=zone", PullRefused.ScopeMismatch)]
    public void The_first_reason_counts_and_places_are_compared_not_words(string local, string publisher, PullRefused expected) =>
        Assert.Equal(expected, PullVerdict.Judge(Facts(local), Facts(publisher)));

    private static TagFacts Facts(string tags) => new(tags.Split('|', StringSplitOptions.RemoveEmptyEntries));
}
