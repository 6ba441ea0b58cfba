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
/// Version 1, which is written wherever it can say it:
/// <code>
///  0  1  version 1
///  1  1  operation: 0 remove, 1 set
///  2  8  made at, Unix milliseconds, i64 LE
/// 10  8  expires at, the same; 0 for never
/// 18  4  length of the key, u32 LE
/// 22  n  key: UTF-8 of the name, the encoded ref, a 32-byte address, or the owner of a lease
///     m  value: the encoded ref (name, lease), nothing (pin), or a 32-byte BLAKE3 (content hash)
/// </code>
/// Version 2 has a byte of flags behind the operation, and the rest one byte later: bit 0 set where the root is a directory's
/// (<see cref="RootReach"/>), bit 1 for a grace lease, whose key is the BLAKE3 of the reach and the encoded ref.
/// </remarks>
internal sealed record RootRecord(RecordKind Kind, bool IsSet, long MadeAtMs, long ExpiresAtMs, byte[] Key, byte[] Value)
{
    private const int FixedBytes = 22;
    private const byte DirectoryFlag = 1;
    private const byte GraceFlag = 2;

    /// <summary>How far the root keeps.</summary>
    public RootReach Reach { get; init; }

    /// <summary>Whether it is a lease that only gives its ref time.</summary>
    public bool IsGrace { get; init; }

    private bool NeedsVersion2 => Kind == RecordKind.Lease || Reach != RootReach.Blob;

    public static RootRecord SetName(string name, BlobRef blob, RootReach reach, DateTimeOffset now, DateTimeOffset? expires) =>
        new(RecordKind.Name, true, now.ToUnixTimeMilliseconds(), ExpiryOf(expires), Encoding.UTF8.GetBytes(name), blob.Encode()) { Reach = reach };

    public static RootRecord RemoveName(string name, DateTimeOffset now) =>
        new(RecordKind.Name, false, now.ToUnixTimeMilliseconds(), 0, Encoding.UTF8.GetBytes(name), []);

    public static RootRecord Pin(BlobRef blob, RootReach reach, bool isSet, DateTimeOffset now) =>
        new(RecordKind.Pin, isSet, now.ToUnixTimeMilliseconds(), 0, blob.Encode(), []) { Reach = reach };

    public static RootRecord SetLease(string owner, BlobRef blob, RootReach reach, DateTimeOffset now, DateTimeOffset? expires) =>
        new(RecordKind.Lease, true, now.ToUnixTimeMilliseconds(), ExpiryOf(expires), Encoding.UTF8.GetBytes(owner), blob.Encode()) { Reach = reach };

    public static RootRecord GiveTime(BlobRef blob, RootReach reach, DateTimeOffset now, long untilMs)
    {
        byte[] encoded = blob.Encode();
        return new(RecordKind.Lease, true, now.ToUnixTimeMilliseconds(), untilMs, GraceKey(encoded, reach), encoded) { Reach = reach, IsGrace = true };
    }

    public static RootRecord EndLease(byte[] key, bool isGrace, DateTimeOffset now) =>
        new(RecordKind.Lease, false, now.ToUnixTimeMilliseconds(), 0, key, []) { IsGrace = isGrace };

    /// <summary>What a grace lease is known by: one for each ref and reach.</summary>
    public static byte[] GraceKey(ReadOnlySpan<byte> encodedRef, RootReach reach) => BlobHash.Compute([(byte)reach, .. encodedRef]).Span.ToArray();

    public static RootRecord ContentHash(in BlobHash address, in BlobHash content, DateTimeOffset now) =>
        new(RecordKind.ContentHash, true, now.ToUnixTimeMilliseconds(), 0, address.Span.ToArray(), content.Span.ToArray());

    // Zero means never, so what ended with the first millisecond of 1970 is kept as having ended with the second.
    private static long ExpiryOf(DateTimeOffset? expires) => expires is not { } end ? 0 : end.ToUnixTimeMilliseconds() is not 0 and long ms ? ms : 1;

    public byte[] Encode()
    {
        int flags = NeedsVersion2 ? 1 : 0;
        var bytes = new byte[FixedBytes + flags + Key.Length + Value.Length];
        bytes[0] = NeedsVersion2 ? (byte)2 : (byte)1;
        bytes[1] = IsSet ? (byte)1 : (byte)0;
        if (flags > 0) bytes[2] = (byte)((Reach == RootReach.Directory ? DirectoryFlag : 0) | (IsGrace ? GraceFlag : 0));
        Span<byte> rest = bytes.AsSpan(2 + flags);
        BinaryPrimitives.WriteInt64LittleEndian(rest, MadeAtMs);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], ExpiresAtMs);
        BinaryPrimitives.WriteInt32LittleEndian(rest[16..], Key.Length);
        Key.CopyTo(rest[20..]);
        Value.CopyTo(rest[(20 + Key.Length)..]);
        return bytes;
    }

    public static bool TryDecode(RecordKind kind, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RootRecord? record)
    {
        record = null;
        if (bytes.Length < FixedBytes + 1 || bytes[0] is not (1 or 2) || bytes[1] > 1) return false;
        bool isSet = bytes[1] == 1;
        int version = bytes[0], flags = version == 1 ? 0 : bytes[2];
        if (flags > (DirectoryFlag | GraceFlag)) return false;
        ReadOnlySpan<byte> rest = bytes[(1 + version)..];
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(rest[16..]);
        if (keyLength < 0 || keyLength > rest.Length - (FixedBytes - 2)) return false;
        record = new RootRecord(kind, isSet, BinaryPrimitives.ReadInt64LittleEndian(rest),
            BinaryPrimitives.ReadInt64LittleEndian(rest[8..]), rest.Slice(20, keyLength).ToArray(), rest[(20 + keyLength)..].ToArray())
        {
            Reach = (flags & DirectoryFlag) != 0 ? RootReach.Directory : RootReach.Blob,
            IsGrace = (flags & GraceFlag) != 0,
        };
        if (record.NeedsVersion2 == (version == 2) && record.IsSound()) return true;
        record = null;
        return false;
    }

    private bool IsSound()
    {
        if (!IsTime(MadeAtMs) || !IsTime(ExpiresAtMs) || (IsGrace && Kind != RecordKind.Lease)) return false;
        return Kind switch
        {
            RecordKind.Name => IsName(Key) && (IsSet ? IsRef(Value) : Value.Length == 0),
            RecordKind.Pin => IsRef(Key) && Value.Length == 0,
            RecordKind.Lease => (IsGrace ? Key.Length == BlobHash.SizeBytes && (!IsSet || ExpiresAtMs != 0) : IsName(Key))
                && (IsSet ? IsRef(Value) && (!IsGrace || Key.AsSpan().SequenceEqual(GraceKey(Value, Reach))) : Value.Length == 0),
            RecordKind.ContentHash => Reach == RootReach.Blob && Key.Length == BlobHash.SizeBytes && Value.Length == (IsSet ? BlobHash.SizeBytes : 0),
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
