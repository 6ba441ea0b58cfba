namespace Dataforts.Content;

/// <summary>Reads the postcard wire rules, canonically: one value has one encoding.</summary>
/// <remarks>Every method throws <see cref="DecodeException"/> on bytes that break them; nothing is allocated.</remarks>
internal ref struct PostcardReader(ReadOnlySpan<byte> source, string what)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _rest.Length;

    public byte Byte()
    {
        if (_rest.IsEmpty)
            throw Truncated(1);
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw Truncated(count);
        ReadOnlySpan<byte> bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return bytes;
    }

    public BlobHash Hash() => new(Bytes(BlobHash.SizeBytes));

    public uint Varint32() => (uint)Varint(5, 0x0F);

    public ulong Varint64() => Varint(10, 0x01);

    /// <summary>A number of elements that can be there: at most <paramref name="max"/>, each of at least <paramref name="minElementBytes"/>.</summary>
    public int Count(int max, int minElementBytes, string elements)
    {
        ulong count = Varint64();
        if (count > (ulong)max)
            throw new DecodeException(DecodeError.TooManyEntries, $"A {what} with {count} {elements} is above the limit of {max}.");
        if (count * (ulong)minElementBytes > (ulong)_rest.Length)
        {
            throw new DecodeException(
                DecodeError.Truncated,
                $"A {what} announces {count} {elements} of at least {minElementBytes} bytes, but only {_rest.Length} bytes follow.");
        }
        return (int)count;
    }

    public RefUri Uri() => RefUri.FromUtf8(Bytes(Varint64()));

    public BlobEncoding Encoding()
    {
        uint index = Varint32();
        return index switch
        {
            0 => BlobEncoding.Replicated,
            1 => BlobEncoding.ReedSolomon(Byte(), Byte()),
            _ => throw new DecodeException(DecodeError.UnknownEncoding, $"A {what} has the unknown encoding {index}."),
        };
    }

    public readonly void End()
    {
        if (!_rest.IsEmpty)
            throw new DecodeException(DecodeError.TrailingBytes, $"A {what} is followed by {_rest.Length} bytes that do not belong to it.");
    }

    private ulong Varint(int maxBytes, byte lastMax)
    {
        ulong value = 0;
        for (int i = 0; i < maxBytes; i++)
        {
            byte group = Byte();
            if (i == maxBytes - 1 && group > lastMax)
                break;
            value |= (ulong)(group & 0x7F) << (7 * i);
            if (group < 0x80)
            {
                if (group == 0 && i > 0)
                    throw new DecodeException(DecodeError.BadVarint, $"A {what} has a number written in more bytes than it needs.");
                return value;
            }
        }
        throw new DecodeException(DecodeError.BadVarint, $"A {what} has a number that does not fit {(maxBytes == 5 ? 32 : 64)} bits.");
    }

    private readonly DecodeException Truncated(ulong wanted) =>
        new(DecodeError.Truncated, $"A {what} ends early: {wanted} more bytes are needed, {_rest.Length} are there.");
}
