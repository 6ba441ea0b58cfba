using System.Buffers.Binary;
using System.Text;
using Dataforts.Mesh;

namespace Dataforts.Placement;

/// <summary>How nodes ask each other for events and for whole chains. What comes from a peer is looked at no further than it reaches.</summary>
/// <remarks>
/// <para>Numbers are little-endian. A read asks <c>chain, sequence, offset (4 bytes), channel</c>, and is answered by <c>time, whole length (4 bytes)</c> and
/// as much of the payload as fits; by nothing when it is not here.</para>
/// <para>A pull asks <c>chain, sequence, channel</c> for what comes from there on, and is answered by a byte 1 and events, each <c>length of the channel's
/// name (2 bytes), its name, sequence, time, length (4 bytes), payload</c>: no events at the end, nothing at all when the chain is not here.</para>
/// </remarks>
internal static class ChainWire
{
    public const string ReadSubject = "chain/read";
    public const string PullSubject = "chain/pull";

    /// <summary>What stands before a payload in the answer to a read.</summary>
    public const int ReadHeaderBytes = 12;

    /// <summary>What a page begins with.</summary>
    public const byte Here = 1;

    private const int EventBytes = 22;

    public static byte[] EncodeRead(ulong chain, ulong sequence, int offset, string channel)
    {
        var bytes = new byte[20 + Encoding.UTF8.GetByteCount(channel)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, chain);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), sequence);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), offset);
        Encoding.UTF8.GetBytes(channel, bytes.AsSpan(20));
        return bytes;
    }

    public static bool TryDecodeRead(ReadOnlySpan<byte> bytes, out ulong chain, out ulong sequence, out int offset, out string channel)
    {
        (chain, sequence, offset, channel) = (0, 0, 0, "");
        if (bytes.Length < 20) return false;
        chain = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        offset = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        return offset >= 0 && TryText(bytes[20..], out channel);
    }

    /// <summary>As much of a payload as one answer takes, from an offset on; nothing for one past its end.</summary>
    public static byte[] EncodeReadReply(long timeMs, ReadOnlySpan<byte> payload, int offset)
    {
        if (offset > payload.Length) return [];
        ReadOnlySpan<byte> part = payload[offset..];
        if (part.Length > MeshLimits.MaxMessageBytes - ReadHeaderBytes) part = part[..(MeshLimits.MaxMessageBytes - ReadHeaderBytes)];
        var bytes = new byte[ReadHeaderBytes + part.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, timeMs);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), payload.Length);
        part.CopyTo(bytes.AsSpan(ReadHeaderBytes));
        return bytes;
    }

    /// <summary>Reads an answer that is not empty.</summary>
    /// <returns>False for one that is none, or names a length that no event has.</returns>
    public static bool TryDecodeReadReply(ReadOnlySpan<byte> bytes, out long timeMs, out int length)
    {
        (timeMs, length) = (0, 0);
        if (bytes.Length < ReadHeaderBytes) return false;
        timeMs = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        return length is >= 0 and <= MeshLimits.MaxMessageBytes && bytes.Length - ReadHeaderBytes <= length;
    }

    public static byte[] EncodePull(ulong chain, ulong sequence, string channel)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(channel)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, chain);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), sequence);
        Encoding.UTF8.GetBytes(channel, bytes.AsSpan(16));
        return bytes;
    }

    public static bool TryDecodePull(ReadOnlySpan<byte> bytes, out ulong chain, out ulong sequence, out string channel)
    {
        (chain, sequence, channel) = (0, 0, "");
        if (bytes.Length < 16) return false;
        chain = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        return TryText(bytes[16..], out channel);
    }

    /// <summary>Whether an event can go into a page at all.</summary>
    public static bool Fits(string channel, int payloadBytes) => SizeOf(channel, payloadBytes) <= MeshLimits.MaxMessageBytes - 1;

    /// <summary>Adds an event to a page, when there is room for it.</summary>
    public static bool TryAdd(MemoryStream page, string channel, ulong sequence, long timeMs, ReadOnlySpan<byte> payload)
    {
        if (page.Length + SizeOf(channel, payload.Length) > MeshLimits.MaxMessageBytes) return false;
        Span<byte> header = stackalloc byte[EventBytes];
        byte[] name = Encoding.UTF8.GetBytes(channel);
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)name.Length);
        page.Write(header[..2]);
        page.Write(name);
        BinaryPrimitives.WriteUInt64LittleEndian(header[2..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[10..], timeMs);
        BinaryPrimitives.WriteInt32LittleEndian(header[18..], payload.Length);
        page.Write(header[2..]);
        page.Write(payload);
        return true;
    }

    /// <summary>Takes the first event off what is left of a page.</summary>
    /// <returns>False at its end, or where it makes no sense.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> page, out string channel, out ulong sequence, out long timeMs, out ReadOnlySpan<byte> payload)
    {
        (channel, sequence, timeMs) = ("", 0, 0);
        payload = default;
        if (page.Length < EventBytes) return false;
        int name = BinaryPrimitives.ReadUInt16LittleEndian(page);
        if (page.Length < EventBytes + name || !TryText(page.Slice(2, name), out channel)) return false;
        ReadOnlySpan<byte> rest = page[(2 + name)..];
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        timeMs = BinaryPrimitives.ReadInt64LittleEndian(rest[8..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest[16..]);
        if (length < 0 || length > rest.Length - 20) return false;
        payload = rest.Slice(20, length);
        page = rest[(20 + length)..];
        return true;
    }

    private static long SizeOf(string channel, int payloadBytes) => EventBytes + Encoding.UTF8.GetByteCount(channel) + (long)payloadBytes;

    private static bool TryText(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (bytes.Length > ushort.MaxValue) return false;
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }
}
