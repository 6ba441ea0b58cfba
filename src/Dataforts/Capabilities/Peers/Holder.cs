using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>A node in an answer of the index. Immutable. It is what the node says: a hint, and whoever asks it must be ready for a no.</summary>
/// <param name="Id">Which node.</param>
/// <param name="IsSelf">Whether it is this one.</param>
/// <param name="RoundTrip">How far away it is; null when that was not measured.</param>
/// <param name="Claim">What it holds of the chain that was asked for; null when that was no chain.</param>
/// <param name="HeatLevel">How hot the thing is there, in hundredths; 0 when it says nothing.</param>
public sealed record Holder(NodeId Id, bool IsSelf, TimeSpan? RoundTrip, ChainClaim? Claim, int HeatLevel) : IComparable<Holder>
{
    /// <summary>This node first, then the nearest, those of unknown distance last, and of equally near ones the lowest id.</summary>
    public int CompareTo(Holder? other)
    {
        if (other is null) return 1;
        if (IsSelf != other.IsSelf) return IsSelf ? -1 : 1;
        int order = (RoundTrip ?? TimeSpan.MaxValue).CompareTo(other.RoundTrip ?? TimeSpan.MaxValue);
        return order != 0 ? order : Id.CompareTo(other.Id);
    }

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator <(Holder left, Holder right) => Comparer<Holder>.Default.Compare(left, right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(Holder left, Holder right) => Comparer<Holder>.Default.Compare(left, right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(Holder left, Holder right) => Comparer<Holder>.Default.Compare(left, right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(Holder left, Holder right) => Comparer<Holder>.Default.Compare(left, right) >= 0;
}
