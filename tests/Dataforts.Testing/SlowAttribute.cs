using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Dataforts.Testing;

/// <summary>Puts a test into the slow lane, in one of <see cref="Slices"/> slices chosen by the test's name.
/// <c>./test</c> runs one slice a time, <c>./test --all</c> every one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlowAttribute([CallerMemberName] string name = "") : Attribute, ITraitAttribute
{
    /// <summary>How many slices the slow lane is cut into; <c>./test</c> knows the number too.</summary>
    public const int Slices = 36;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits()
    {
        uint hash = 2166136261;
        foreach (char c in name) hash = unchecked((hash ^ c) * 16777619);
        return [new("Lane", "Slow"), new("Slice", (hash % Slices).ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }
}
