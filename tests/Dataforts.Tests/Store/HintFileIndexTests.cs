using System.Buffers.Binary;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Tests.Store;

public sealed class HintFileIndexTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(101, 62)]
    [InlineData(102, 63)]
    [InlineData(103, 64)]
    [InlineData(1000, 200)]
    public void What_is_written_is_read(int chunks, int records)
    {
        HintChunk[] written = [.. Enumerable.Range(0, chunks).Select(i => new HintChunk(HintSample.Hash(i), (uint)i * 8, i))];
        LogRecord[] others = [.. Enumerable.Range(0, records).Select(i => Record(i))];
        HintSample sample = HintSample.Of(5, written, others);
        HintFile file = sample.Open();
        file.Verify();
        Assert.Equal(new HintSummary(HintSample.StoreId, 5, 123_456, 789), file.Summary);
        Assert.Equal((chunks, records, written.Sum(chunk => (long)chunk.Length)), (file.ChunkCount, file.RecordCount, file.ChunkBytes));
        Assert.Equal(written.Order(), Chunks(file));
        Assert.Equal(others, file.ReadRecords());
        Assert.Equal(((1 + ((chunks + 101) / 102) + ((records + 62) / 63)) * 4096) + 32, sample.Length);
    }

    [Fact]
    public void The_byte_table_of_the_format_is_what_is_written()
    {
        HintSample sample = HintSample.Of(5, [new HintChunk(HintSample.Hash(1), 72, 900)], Record(3));
        ReadOnlySpan<byte> bytes = sample.Bytes;
        Assert.Equal("DFHINTS\0"u8, bytes[..8]);
        Assert.Equal(5ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]));
        Assert.Equal((123_456, 789ul), (BinaryPrimitives.ReadInt64LittleEndian(bytes[64..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[72..])));
        Assert.Equal((1, 1, 900), (Int(bytes, 80), Int(bytes, 84), Int(bytes, 88)));
        Assert.Equal(HintSample.Hash(1), new BlobHash(bytes.Slice(4096, 32)));
        Assert.Equal((72, 900, 1, 1), (Int(bytes, 4096 + 32), Int(bytes, 4096 + 36), Int(bytes, 4096 + 4080), Int(bytes, 4096 + 4084)));
        Assert.Equal((2, 3), ((int)bytes[8192], (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8192 + 8)..])));
        Assert.Equal(HintSample.Hash(3), new BlobHash(bytes.Slice(8192 + 24, 32)));
        Assert.Equal((72 * 3, 3), (Int(bytes, 8192 + 56), Int(bytes, 8192 + 60)));
        Assert.Equal(BlobHash.Compute(bytes[..^32]), new BlobHash(bytes[^32..]));
    }

    [Fact]
    public void Of_several_records_with_one_hash_the_last_in_the_segment_counts()
    {
        BlobHash hash = HintSample.Hash(1);
        HintFile file = HintSample.Of(1, [new(hash, 800, 5), new(HintSample.Hash(2), 1, 1), new(hash, 4_000_000_000, 5), new(hash, 64, 5)]).Open();
        Assert.Equal(2, file.ChunkCount);
        Assert.Contains(new HintChunk(hash, 4_000_000_000, 5), Chunks(file));
    }

    [Fact]
    public void Another_store_s_and_another_segment_s_file_are_refused()
    {
        HintSample sample = HintSample.Numbered(5, [1, 2]);
        Assert.Throws<HintException>(() => HintFile.Open(sample, "x", Guid.NewGuid(), 5));
        HintException error = Assert.Throws<HintException>(() => HintFile.Open(sample, "x", HintSample.StoreId, 6));
        Assert.Equal((6u, "x", ErrorKind.StoreDamaged), (error.Segment, error.Path, error.Kind));
    }

    [Fact]
    public void A_page_from_another_place_or_file_is_refused()
    {
        HintSample sample = HintSample.Numbered(5, Enumerable.Range(0, 204)), other = HintSample.Numbered(6, Enumerable.Range(0, 204));
        byte[] swapped = [.. sample.Bytes];
        sample.Bytes.AsSpan(4096, 4096).CopyTo(swapped.AsSpan(8192));
        sample.Bytes.AsSpan(8192, 4096).CopyTo(swapped.AsSpan(4096));
        byte[] foreign = [.. sample.Bytes];
        other.Bytes.AsSpan(4096, 4096).CopyTo(foreign.AsSpan(4096));
        foreach (byte[] bytes in new[] { swapped, foreign })
        {
            HintException error = Assert.Throws<HintException>(() => Chunks(sample.With(bytes).Open()));
            Assert.Equal((5u, "5.hints", 4096L), (error.Segment, error.Path, error.Offset));
        }
    }

    [Fact]
    public void No_bit_can_flip_unseen()
    {
        HintSample sample = HintSample.Of(5, [new(HintSample.Hash(1), 72, 9), new(HintSample.Hash(2), 96, 1)], Record(1), Record(2));
        HintFile whole = sample.Open();
        (List<HintChunk> chunks, List<LogRecord> records) = (Chunks(whole), whole.ReadRecords());
        int refused = 0;
        for (int bit = 0; bit < sample.Bytes.Length * 8; bit++)
        {
            sample.Bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                HintFile file = sample.Open();
                Assert.Throws<HintException>(file.Verify);
                Assert.Equal(chunks, Chunks(file));
                Assert.Equal(records, file.ReadRecords());
            }
            catch (DatafortsException)
            {
                refused++;
            }
            sample.Bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        // Every bit but those of the hash at the end, which the pages do not need, is part of a page that vouches for itself.
        Assert.Equal((sample.Bytes.Length - 32) * 8, refused);
    }

    [Fact]
    public void Cut_off_or_made_longer_anywhere_it_is_refused()
    {
        byte[] bytes = HintSample.Numbered(5, Enumerable.Range(0, 103)).Bytes;
        HintSample sample = HintSample.Numbered(5, [1]);
        for (int length = 0; length < bytes.Length; length++) Assert.Throws<HintException>(() => sample.With(bytes[..length]).Open());
        Assert.Throws<HintException>(() => sample.With([.. bytes, 0]).Open());
    }

    [Fact]
    public void What_it_claims_sizes_no_memory()
    {
        HintSample sample = HintSample.Numbered(5, [1, 2, 3]);
        uint seed = RecordHeader.SegmentSeed(HintSample.StoreId, 5);
        foreach (int claim in new[] { int.MaxValue, int.MinValue, -1, 1 << 28, 103, 0 })
        {
            foreach (int field in new[] { 80, 84 })
            {
                byte[] bytes = [.. sample.Bytes];
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(field), claim);
                HintPage.Seal(bytes.AsSpan(0, 4096), 0, 0, seed);
                if (field == 84 && claim == 0) continue;
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Throws<HintException>(() => sample.With(bytes).Open());
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
            }
        }
    }

    [Fact]
    public void Whatever_happens_to_the_bytes_the_file_is_refused_or_right()
    {
        Random random = TestSeed.For(nameof(Whatever_happens_to_the_bytes_the_file_is_refused_or_right));
        HintSample sample = HintSample.Of(5, Enumerable.Range(0, 300).Select(i => new HintChunk(HintSample.Hash(i), (uint)i, i)), Record(1));
        List<HintChunk> chunks = Chunks(sample.Open());
        int refused = 0;
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = Mutated(sample.Bytes, random);
            try
            {
                HintFile file = sample.With(bytes).Open();
                Assert.Equal(chunks, Chunks(file));
                Assert.Equal([Record(1)], file.ReadRecords());
            }
            catch (DatafortsException error) when (error is HintException || error.Kind == ErrorKind.UnsupportedVersion)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 4_500, 5_000);
    }

    [Fact]
    public void Chunks_out_of_order_are_refused_when_they_are_paged_in()
    {
        HintSample sample = HintSample.Numbered(5, [1, 2, 3]);
        Span<byte> page = sample.Bytes.AsSpan(4096, 4096);
        HintChunk first = HintPage.ChunkAt(page, 0);
        HintPage.WriteChunk(page, 0, HintPage.ChunkAt(page, 1));
        HintPage.WriteChunk(page, 1, first);
        HintPage.Seal(page, 3, 1, RecordHeader.SegmentSeed(HintSample.StoreId, 5));
        HintException error = Assert.Throws<HintException>(() => PagedSegment.Load(sample.Open()));
        Assert.Equal(4096, error.Offset);
    }

    private static byte[] Mutated(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(bytes.Length), count = Math.Min(random.Next(1, 5000), bytes.Length - at);
            switch (random.Next(4))
            {
                case 0: bytes[at] ^= (byte)random.Next(1, 256); break;
                case 1: random.NextBytes(bytes.AsSpan(at, count)); break;
                case 2: bytes = [.. bytes[..at], .. bytes[(at + count)..], 0]; break;
                default: bytes.AsSpan(random.Next(bytes.Length - count + 1), count).CopyTo(bytes.AsSpan(at)); break;
            }
        }
        return bytes;
    }

    private static LogRecord Record(int i) =>
        new((RecordKind)(2 + (i % 3)), HintSample.Hash(i), (ulong)i, 1_700_000_000_000 + i, new RecordLocation(5, (uint)(72 * i), i));

    private static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static List<HintChunk> Chunks(HintFile file)
    {
        var chunks = new List<HintChunk>();
        var page = new byte[HintPage.SizeBytes];
        for (int number = 1; number <= file.ChunkPages; number++)
        {
            int count = file.ReadChunks(number, page);
            for (int i = 0; i < count; i++) chunks.Add(HintPage.ChunkAt(page, i));
        }
        return chunks;
    }
}
