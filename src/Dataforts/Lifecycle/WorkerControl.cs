using System.Buffers.Binary;
using Dataforts.Log;

namespace Dataforts.Lifecycle;

/// <summary>What an operator has decided about a worker. Kept in a file of its own, which any process may write.</summary>
/// <remarks>
/// The body of the file <c>workers/NAME.control</c>:
/// <code>
///  0  1  1 when paused
///  1  7  zero
///  8  8  bytes per second, i64 LE; 0 for no pace
/// </code>
/// </remarks>
internal sealed record WorkerControl(bool IsPaused, long? BytesPerSecond)
{
    public const string Extension = ".control";
    public const int MaxBodyBytes = 16;

    public static WorkerControl Default { get; } = new(false, null);

    public static ulong Magic => FileHeader.WorkerControlMagic;

    public byte[] Encode()
    {
        var bytes = new byte[MaxBodyBytes];
        bytes[0] = IsPaused ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), BytesPerSecond ?? 0);
        return bytes;
    }

    /// <summary>Reads a body; null when it is none.</summary>
    public static WorkerControl? Decode(ReadOnlySpan<byte> body)
    {
        if (body.Length != MaxBodyBytes || body[0] > 1) return null;
        long rate = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
        return rate < 0 ? null : new WorkerControl(body[0] == 1, rate == 0 ? null : rate);
    }
}
