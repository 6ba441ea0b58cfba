using System.Buffers.Binary;
using System.Text;
using Dataforts.Log;

namespace Dataforts.Lifecycle;

/// <summary>What is kept of a worker's runs. In a file of its own, which only the store's writer writes.</summary>
/// <remarks>
/// The body of the file <c>workers/NAME.record</c>, integers little-endian:
/// <code>
///  0  1  flags: 1 a run is under way (or its process died), 2 the last run was interrupted and has more to do
///  1  7  zero
///  8  8  last run began, Unix milliseconds; 0 for never
/// 16  8  last run ended, the same
/// 24  8  runs that ended by themselves
/// 32  8  bytes done
/// 40  8  bytes in all; -1 for unknown
/// 48  4  failures in a row
/// 52  4  length of the cursor, at most 1,024
/// 56  4  length of the last error, at most 4,096
/// 60  4  zero
/// 64  n  cursor, which only the work itself can read
///     m  last error, UTF-8
/// </code>
/// </remarks>
internal sealed record WorkerRecord
{
    public const string Extension = ".record";
    public const int MaxCursorBytes = 1024;
    public const int MaxErrorBytes = 4096;
    public const int MaxBodyBytes = FixedBytes + MaxCursorBytes + MaxErrorBytes;

    private const int FixedBytes = 64;

    public static WorkerRecord Default { get; } = new();

    public static ulong Magic => FileHeader.WorkerRecordMagic;

    public bool IsRunning { get; init; }

    public bool IsInterrupted { get; init; }

    public DateTimeOffset? BeganAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long Runs { get; init; }

    public int Failures { get; init; }

    public WorkProgress? Progress { get; init; }

    public ReadOnlyMemory<byte> Cursor { get; init; }

    public string? LastError { get; init; }

    public byte[] Encode()
    {
        byte[] error = Encoding.UTF8.GetBytes(LastError ?? "");
        int errorLength = Math.Min(error.Length, MaxErrorBytes);
        var bytes = new byte[FixedBytes + Cursor.Length + errorLength];
        bytes[0] = (byte)((IsRunning ? 1 : 0) | (IsInterrupted ? 2 : 0));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), BeganAt?.ToUnixTimeMilliseconds() ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), EndedAt?.ToUnixTimeMilliseconds() ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Runs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Progress?.Done ?? 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), Progress?.Total ?? -1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(48), Failures);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(52), Cursor.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(56), errorLength);
        Cursor.Span.CopyTo(bytes.AsSpan(FixedBytes));
        error.AsSpan(0, errorLength).CopyTo(bytes.AsSpan(FixedBytes + Cursor.Length));
        return bytes;
    }

    /// <summary>Reads a body; null when it is none.</summary>
    public static WorkerRecord? Decode(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedBytes || body[0] > 3) return null;
        int cursor = BinaryPrimitives.ReadInt32LittleEndian(body[52..]), error = BinaryPrimitives.ReadInt32LittleEndian(body[56..]);
        if (cursor is < 0 or > MaxCursorBytes || error is < 0 or > MaxErrorBytes || body.Length != FixedBytes + cursor + error) return null;
        long began = BinaryPrimitives.ReadInt64LittleEndian(body[8..]), ended = BinaryPrimitives.ReadInt64LittleEndian(body[16..]);
        long done = BinaryPrimitives.ReadInt64LittleEndian(body[32..]), total = BinaryPrimitives.ReadInt64LittleEndian(body[40..]);
        long runs = BinaryPrimitives.ReadInt64LittleEndian(body[24..]);
        int failures = BinaryPrimitives.ReadInt32LittleEndian(body[48..]);
        if (!IsTime(began) || !IsTime(ended) || done < 0 || total < -1 || runs < 0 || failures < 0) return null;
        return new WorkerRecord
        {
            IsRunning = (body[0] & 1) != 0,
            IsInterrupted = (body[0] & 2) != 0,
            BeganAt = TimeOf(began),
            EndedAt = TimeOf(ended),
            Runs = runs,
            Failures = failures,
            Progress = began == 0 ? null : new WorkProgress(done, total < 0 ? null : total),
            Cursor = body.Slice(FixedBytes, cursor).ToArray(),
            LastError = error == 0 ? null : Encoding.UTF8.GetString(body[(FixedBytes + cursor)..]),
        };
    }

    private static bool IsTime(long unixMs) => unixMs >= 0 && unixMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static DateTimeOffset? TimeOf(long unixMs) => unixMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
}
