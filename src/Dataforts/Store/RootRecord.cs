using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>A change to what the store keeps and under which name, as the log holds it. The record's kind says what
/// <see cref="Key"/> is: a name, a pinned ref, or the address a content hash is kept for.</summary>
/// <remarks>
/// <code>
///  0  1  version 1
///  1  1  operation: 0 remove, 1 set
///  2  8  made at, Unix milliseconds, i64 LE
/// 10  8  expires at, the same; 0 for never
/// 18  4  length of the key, u32 LE
/// 22  n  key: UTF-8 of the name, the encoded ref, or a 32-byte address
///     m  value: the encoded ref (name), nothing (pin), or a 32-byte BLAKE3 (content hash)
/// </code>
/// </remarks>
internal sealed record RootRecord(RecordKind Kind, bool IsSet, long MadeAtMs, long ExpiresAtMs, byte[] Key, byte[] Value)
{
    private const byte Version = 1;
    private const int FixedBytes = 22;

    public static RootRecord SetName(string name, BlobRef blob, DateTimeOffset now, DateTimeOffset? expires) =>
        new(RecordKind.Name, true, now.ToUnixTimeMilliseconds(), ExpiryOf(expires), Encoding.UTF8.GetBytes(name), blob.Encode());

    public static RootRecord RemoveName(string name, DateTimeOffset now) =>
        new(RecordKind.Name, false, now.ToUnixTimeMilliseconds(), 0, Encoding.UTF8.GetBytes(name), []);

    public static RootRecord Pin(BlobRef blob, bool isSet, DateTimeOffset now) =>
        new(RecordKind.Pin, isSet, now.ToUnixTimeMilliseconds(), 0, blob.Encode(), []);

    public static RootRecord ContentHash(in BlobHash address, in BlobHash content, DateTimeOffset now) =>
        new(RecordKind.ContentHash, true, now.ToUnixTimeMilliseconds(), 0, address.Span.ToArray(), content.Span.ToArray());

    // Zero means never, so what ended with the first millisecond of 1970 is kept as having ended with the second.
    private static long ExpiryOf(DateTimeOffset? expires) => expires is not { } end ? 0 : end.ToUnixTimeMilliseconds() is not 0 and long ms ? ms : 1;

    public byte[] Encode()
    {
        var bytes = new byte[FixedBytes + Key.Length + Value.Length];
        bytes[0] = Version;
        bytes[1] = IsSet ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), MadeAtMs);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(10), ExpiresAtMs);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), Key.Length);
        Key.CopyTo(bytes, FixedBytes);
        Value.CopyTo(bytes, FixedBytes + Key.Length);
        return bytes;
    }

    public static bool TryDecode(RecordKind kind, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RootRecord? record)
    {
        record = null;
        if (bytes.Length < FixedBytes || bytes[0] != Version || bytes[1] > 1) return false;
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]);
        if (keyLength < 0 || keyLength > bytes.Length - FixedBytes) return false;
        record = new RootRecord(kind, bytes[1] == 1, BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]), bytes.Slice(FixedBytes, keyLength).ToArray(), bytes[(FixedBytes + keyLength)..].ToArray());
        if (record.IsSound()) return true;
        record = null;
        return false;
    }

    private bool IsSound()
    {
        if (!IsTime(MadeAtMs) || !IsTime(ExpiresAtMs)) return false;
        return Kind switch
        {
            RecordKind.Name => IsName(Key) && (IsSet ? IsRef(Value) : Value.Length == 0),
            RecordKind.Pin => IsRef(Key) && Value.Length == 0,
            RecordKind.ContentHash => Key.Length == BlobHash.SizeBytes && Value.Length == (IsSet ? BlobHash.SizeBytes : 0),
            _ => false,
        };
    }

    private static bool IsTime(long unixMs) =>
        unixMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && unixMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static bool IsName(byte[] utf8) =>
        utf8.Length <= StoreLimits.MaxNameBytes && Utf8.IsValid(utf8) && BlobName.Reject(Encoding.UTF8.GetString(utf8)) is null;

    private static bool IsRef(byte[] encoded)
    {
        try
        {
            _ = BlobRef.Decode(encoded);
            return true;
        }
        catch (BlobFormatException)
        {
            return false;
        }
    }
}
