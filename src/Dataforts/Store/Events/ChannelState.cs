using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Dataforts.Store.Events;

/// <summary>What the log knows of a channel besides its events, or, with the number 0 and no name, of all channels: their epoch.</summary>
/// <remarks>
/// <code>
///  0  1  version 1
///  1  1  zero
///  2  8  revision, u64 LE: of two records of one channel, the higher counts
/// 10  4  epoch, u32 LE
/// 14  8  channel, u64 LE
/// 22  8  first event that is retained, u64 LE, unless retention has dropped more since
/// 30  8  next number, u64 LE, unless there are events with it; of all channels, 1 where numbers of the epoch were told before their events were
///        written, else 0
/// 38  8  most events, i64 LE; -1 for any number
/// 46  8  most payload bytes, the same
/// 54  8  greatest age, milliseconds, the same
/// 62  n  name, UTF-8
/// </code>
/// </remarks>
internal sealed record ChannelState(ulong Id, string Name, ulong Revision, uint Epoch, ulong First, ulong Next, EventRetention Retention)
{
    private const int FixedBytes = 62;
    private const long None = -1;

    public byte[] Encode()
    {
        var bytes = new byte[FixedBytes + Encoding.UTF8.GetByteCount(Name)];
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2), Revision);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(10), Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(14), Id);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(22), First);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(30), Next);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(38), Retention.MaxCount ?? None);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(46), Retention.MaxBytes ?? None);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(54), Retention.MaxAgeMs ?? None);
        Encoding.UTF8.GetBytes(Name, bytes.AsSpan(FixedBytes));
        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ChannelState? state)
    {
        state = null;
        if (bytes.Length is < FixedBytes or > FixedBytes + EventLimits.MaxChannelNameBytes || bytes[0] != 1 || bytes[1] != 0) return false;
        if (!Utf8.IsValid(bytes[FixedBytes..])) return false;
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(bytes[22..]), next = BinaryPrimitives.ReadUInt64LittleEndian(bytes[30..]);
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(bytes[14..]);
        if (first > next || id == 0 != (bytes.Length == FixedBytes)) return false;
        if (!EventRetention.TryMake(BinaryPrimitives.ReadInt64LittleEndian(bytes[38..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[46..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[54..]), out EventRetention? retention)) return false;
        state = new ChannelState(id, Encoding.UTF8.GetString(bytes[FixedBytes..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]), first, next, retention);
        return true;
    }
}
