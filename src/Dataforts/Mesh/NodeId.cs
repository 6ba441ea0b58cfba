using System.Buffers.Binary;
using Dataforts.Content;

namespace Dataforts.Mesh;

/// <summary>Who a node is: 64 bits that it keeps over restarts. Written as 16 lower-case hex digits.</summary>
/// <param name="Value">The number; 0 stands for nobody.</param>
public readonly record struct NodeId(ulong Value) : IComparable<NodeId>
{
    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Value);
        return Hex.Format(bytes);
    }

    /// <summary>Reads what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NodeId id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bool isId = Hex.TryParse(text, bytes);
        id = isId ? new NodeId(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;
        return isId;
    }

    /// <summary>Orders by <see cref="Value"/>.</summary>
    public static bool operator <(NodeId a, NodeId b) => a.Value < b.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(NodeId a, NodeId b) => a.Value > b.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(NodeId a, NodeId b) => a.Value <= b.Value;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(NodeId a, NodeId b) => a.Value >= b.Value;
}
