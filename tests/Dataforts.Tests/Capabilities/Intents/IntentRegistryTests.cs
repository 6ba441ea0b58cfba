using Dataforts.Capabilities.Intents;

namespace Dataforts.Tests.Capabilities.Intents;

public sealed class IntentRegistryTests
{
    [Theory]
    [InlineData("ml-training", "hardware.gpu|hardware.gpu.vram_gb=24", true)]
    [InlineData("ml-training", "hardware.gpu|hardware.gpu.vram_gb:80", true)]
    [InlineData("ml-training", "hardware.gpu|hardware.gpu.vram_gb=23.9", false)]
    [InlineData("ml-training", "hardware.gpu|hardware.gpu.vram_gb=NaN", false)]
    [InlineData("ml-training", "hardware.gpu|hardware.gpu.vram_gb=1e16", false)]
    [InlineData("inference", "hardware.gpu|software.model.0.id=llama", true)]
    [InlineData("inference", "hardware.gpu|software.model", true)]
    [InlineData("inference", "hardware.gpu|software.models=3", false)]
    [InlineData("inference", "software.model.0.id=llama", false)]
    [InlineData("cpu-bound", "hardware.cpu_cores=4", true)]
    [InlineData("cpu-bound", "hardware.cpu_cores=3", false)]
    [InlineData("cpu-bound", "", false)]
    [InlineData("sensor-telemetry", "devices.thermometer", true)]
    [InlineData("sensor-telemetry", "hardware.thermometer", false)]
    [InlineData("unheard-of", "devices.thermometer", null)]
    public void The_defaults_ask_for_what_their_names_say(string intent, string tags, bool? expected) =>
        Assert.Equal(expected, IntentRegistry.Default.IsServedBy(intent, new TagFacts(tags.Split('|', StringSplitOptions.RemoveEmptyEntries))));

    [Fact]
    public void Registering_gives_another_registry_and_what_the_name_meant_before()
    {
        IntentRegistry first = IntentRegistry.Empty.Register("a", [IntentRequirement.Tag("x")], out IReadOnlyList<IntentRequirement>? before);
        Assert.Null(before);
        Assert.Equal(0, IntentRegistry.Empty.Count);
        IntentRegistry second = first.Register("a", [], out before);
        Assert.Equal("x", Assert.Single(before!).Text);
        Assert.False(first.IsServedBy("a", TagFacts.None));
        Assert.True(second.IsServedBy("a", TagFacts.None));
        Assert.Equal(["cpu-bound", "inference", "ml-training", "sensor-telemetry"], IntentRegistry.Default.Names);
    }

    [Fact]
    public void Tags_are_the_same_whichever_separator_they_have()
    {
        var facts = new TagFacts(["software.os=linux", "scope:zone:a", "group:x", "hardware."]);
        Assert.True(facts.Has("software.os:linux"));
        Assert.True(facts.Has("software.os=linux"));
        Assert.False(facts.Has("software.os"));
        Assert.True(facts.Has("group:x"));
        Assert.False(facts.Has("group=x"));
        Assert.Equal(["zone:a"], facts.Scopes);
        Assert.True(facts.HasAxis("hardware"));
    }
}
