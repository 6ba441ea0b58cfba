using System.Globalization;

namespace Dataforts.Capabilities;

/// <summary>How a node takes part in one way of drifting: its tags <c>dataforts.greedy.*</c> or <c>dataforts.gravity.*</c>.</summary>
/// <param name="IsEnabled">Whether it does.</param>
/// <param name="Width">How far.</param>
/// <param name="Proximity">The weight of nearness, 0 to 255; 0 means that nothing is taken.</param>
public sealed record DriftOffer(bool IsEnabled, ScopeWidth Width, byte Proximity)
{
    /// <summary>What no tags say.</summary>
    public static DriftOffer None { get; } = new(false, ScopeWidth.Mesh, 0);

    /// <summary>Its tags: nothing for what is false, zero or the default.</summary>
    public IEnumerable<string> Tags(DriftAxis axis)
    {
        string prefix = Prefix(axis);
        if (IsEnabled) yield return $"{prefix}enabled";
        if (Width != ScopeWidth.Mesh) yield return $"{prefix}scope={Word(Width)}";
        if (Proximity != 0) yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}proximity={Proximity}");
    }

    internal static string Prefix(DriftAxis axis) => axis == DriftAxis.Greedy ? "dataforts.greedy." : "dataforts.gravity.";

    internal static DriftOffer Read(CapabilitySet set, DriftAxis axis)
    {
        string prefix = Prefix(axis);
        return new DriftOffer(
            set.Facts.HasKey($"{prefix}enabled"), WidthOf(set.Facts.Text($"{prefix}scope")),
            byte.TryParse(set.Facts.Text($"{prefix}proximity"), NumberStyles.None, CultureInfo.InvariantCulture, out byte proximity) ? proximity : (byte)0);
    }

    private static string Word(ScopeWidth width) => width switch
    {
        ScopeWidth.Node => "node",
        ScopeWidth.Zone => "zone",
        ScopeWidth.Region => "region",
        _ => "mesh",
    };

    /// <summary>The width that a word names; the whole mesh for none and for any other.</summary>
    internal static ScopeWidth WidthOf(string? word) => word?.ToLowerInvariant() switch
    {
        "node" => ScopeWidth.Node,
        "zone" => ScopeWidth.Zone,
        "region" => ScopeWidth.Region,
        _ => ScopeWidth.Mesh,
    };
}
