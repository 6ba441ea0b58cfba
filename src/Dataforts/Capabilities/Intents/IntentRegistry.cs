using System.Collections.Immutable;

namespace Dataforts.Capabilities.Intents;

/// <summary>What each intent that a publisher may declare asks of a node.</summary>
/// <remarks>Immutable and thread-safe: registering gives another registry.</remarks>
public sealed class IntentRegistry
{
    private readonly ImmutableSortedDictionary<string, ImmutableArray<IntentRequirement>> _intents;

    private IntentRegistry(ImmutableSortedDictionary<string, ImmutableArray<IntentRequirement>> intents) => _intents = intents;

    /// <summary>One that knows nothing.</summary>
    public static IntentRegistry Empty { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableArray<IntentRequirement>>(StringComparer.Ordinal));

    /// <summary><c>ml-training</c> (a GPU with 24 GB), <c>inference</c> (a GPU and a model), <c>cpu-bound</c> (4 cores), <c>sensor-telemetry</c> (a
    /// device).</summary>
    /// <remarks>A model is any tag at or below <c>software.model</c>, such as <c>software.model.0.id=x</c>.</remarks>
    public static IntentRegistry Default { get; } = Empty
        .Register("ml-training", [IntentRequirement.Key("hardware.gpu"), IntentRequirement.AtLeast("hardware.gpu.vram_gb", 24)], out _)
        .Register("inference", [IntentRequirement.Key("hardware.gpu"), IntentRequirement.Key("software.model")], out _)
        .Register("cpu-bound", [IntentRequirement.AtLeast("hardware.cpu_cores", 4)], out _)
        .Register("sensor-telemetry", [IntentRequirement.Axis("devices")], out _);

    /// <summary>The names it knows, in ordinal order.</summary>
    public IEnumerable<string> Names => _intents.Keys;

    /// <summary>How many it knows.</summary>
    public int Count => _intents.Count;

    /// <summary>A registry that also knows, or knows otherwise, one intent.</summary>
    /// <param name="intent">Its name.</param>
    /// <param name="requirements">All that a node must have. Nothing means that every node serves it.</param>
    /// <param name="previous">What it meant in this registry; null when it was unknown.</param>
    public IntentRegistry Register(string intent, IEnumerable<IntentRequirement> requirements, out IReadOnlyList<IntentRequirement>? previous)
    {
        ArgumentException.ThrowIfNullOrEmpty(intent);
        ArgumentNullException.ThrowIfNull(requirements);
        previous = _intents.TryGetValue(intent, out ImmutableArray<IntentRequirement> old) ? old : null;
        return new IntentRegistry(_intents.SetItem(intent, [.. requirements]));
    }

    /// <summary>Whether it knows an intent.</summary>
    public bool Knows(string intent) => _intents.ContainsKey(intent);

    /// <summary>Whether a node serves an intent; null when the intent is unknown.</summary>
    public bool? IsServedBy(string intent, TagFacts facts)
    {
        if (!_intents.TryGetValue(intent, out ImmutableArray<IntentRequirement> requirements)) return null;
        foreach (IntentRequirement requirement in requirements)
        {
            if (!requirement.HoldsFor(facts)) return false;
        }
        return true;
    }
}
