using System.Buffers.Binary;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Tests.Store;

/// <summary>A hint file in memory, which counts the reads of it and can be damaged, closed or lost.</summary>
internal sealed class HintSample : IHintBytes
{
    public static readonly Guid StoreId = new("7b0c4d3e-59f1-4a55-8d0e-3c6a2f1e9b74");

    private int _reads;
    private bool _isClosed;

    private HintSample(byte[] bytes, uint segment) => (Bytes, Segment) = (bytes, segment);

    public byte[] Bytes { get; set; }

    public uint Segment { get; }

    public int Reads => Volatile.Read(ref _reads);

    public long Length => Bytes.Length;

    /// <summary>Writes the hint file of a segment.</summary>
    public static HintSample Of(uint segment, IEnumerable<HintChunk> chunks, params LogRecord[] records)
    {
        var bytes = new MemoryStream();
        var summary = new HintSummary(StoreId, segment, 123_456, 789);
        long length = HintWriter.Write(summary, 1_700_000_000_000, chunks.ToArray(), records, (piece, offset) =>
        {
            Assert.Equal(bytes.Length, offset);
            bytes.Write(piece);
        });
        Assert.Equal(bytes.Length, length);
        return new HintSample(bytes.ToArray(), segment);
    }

    /// <summary>Chunks of a segment by number, one behind the other.</summary>
    public static HintSample Numbered(uint segment, IEnumerable<int> numbers) =>
        Of(segment, numbers.Select(number => new HintChunk(Hash(number), (uint)(number * 8), number)));

    public static BlobHash Hash(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return BlobHash.Compute(bytes);
    }

    public HintSample With(byte[] bytes) => new(bytes, Segment);

    public HintFile Open() => HintFile.Open(this, $"{Segment}.hints", StoreId, Segment);

    public void Close() => Volatile.Write(ref _isClosed, true);

    public int Read(Span<byte> destination, long offset)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed), this);
        Interlocked.Increment(ref _reads);
        int count = (int)Math.Clamp(Bytes.Length - offset, 0, destination.Length);
        Bytes.AsSpan((int)Math.Min(offset, Bytes.Length), count).CopyTo(destination);
        return count;
    }
}
