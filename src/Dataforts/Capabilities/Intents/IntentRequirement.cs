namespace Dataforts.Capabilities.Intents;

/// <summary>One thing that a node must have to serve an intent.</summary>
/// <remarks>Immutable; asked when a node's tags change, not for each event.</remarks>
public sealed class IntentRequirement
{
    private readonly Func<TagFacts, bool> _holds;

    private IntentRequirement(string text, Func<TagFacts, bool> holds) => (Text, _holds) = (text, holds);

    /// <summary>What it asks for, for people.</summary>
    public string Text { get; }

    /// <summary>A tag, however its value is set off.</summary>
    public static IntentRequirement Tag(string tag) => new(tag, facts => facts.Has(tag));

    /// <summary>Any tag on an axis.</summary>
    public static IntentRequirement Axis(string axis) => new($"{axis}.*", facts => facts.HasAxis(axis));

    /// <summary>A tag of this axis and key, or of a key below it.</summary>
    public static IntentRequirement Key(string axisAndKey) => new(axisAndKey, facts => facts.HasKeyOrBelow(axisAndKey));

    /// <summary>A number of this axis and key, and no smaller one.</summary>
    public static IntentRequirement AtLeast(string axisAndKey, double least) => new($"{axisAndKey} >= {least}", facts => facts.Number(axisAndKey) >= least);

    /// <summary>Anything; the function must be pure.</summary>
    public static IntentRequirement That(string text, Func<TagFacts, bool> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        return new(text, holds);
    }

    /// <summary>Whether a node has it.</summary>
    public bool HoldsFor(TagFacts facts) => _holds(facts);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
