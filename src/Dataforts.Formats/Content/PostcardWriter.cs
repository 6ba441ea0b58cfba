using System.Buffers.Binary;
using System.Numerics;

namespace Dataforts.Content;

/// <summary>Writes the postcard wire rules into a span of exactly the length computed before.</summary>
/// <remarks>Source: the postcard wire format specification; numbers are LEB128, structures have no framing.</remarks>
internal ref struct PostcardWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Position { get; private set; }

    public static int VarintLength(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    public void Byte(byte value) => _destination[Position++] = value;

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Position..]);
        Position += bytes.Length;
    }

    public void Hash(in BlobHash hash) => Bytes(hash.Span);

    public void Uri(in RefUri uri) => Position += uri.Write(_destination[Position..]);

    public void FixedUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_destination[Position..], value);
        Position += sizeof(ulong);
    }

    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    public void Encoding(BlobEncoding encoding)
    {
        if (!encoding.IsReedSolomon)
        {
            Byte(0);
            return;
        }
        Byte(1);
        Byte((byte)encoding.DataShards);
        Byte((byte)encoding.ParityShards);
    }
}
