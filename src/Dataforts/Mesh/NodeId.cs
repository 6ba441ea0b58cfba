using System.Globalization;

namespace Dataforts.Mesh;

/// <summary>Who a node is: 64 bits that it keeps over restarts. Written as 16 lower-case hex digits.</summary>
/// <param name="Value">The number; 0 stands for nobody.</param>
public readonly record struct NodeId(ulong Value) : IComparable<NodeId>
{
    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Orders by <see cref="Value"/>.</summary>
    public static bool operator <(NodeId a, NodeId b) => a.Value < b.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(NodeId a, NodeId b) => a.Value > b.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(NodeId a, NodeId b) => a.Value <= b.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(NodeId a, NodeId b) => a.Value >= b.Value;
}
