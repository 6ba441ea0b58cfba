using CsCheck;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Log;

/// <summary>Whatever bytes a file holds, its decoder says yes or throws a typed error, and spends little memory on it.</summary>
public sealed class DecoderTests
{
    private const int Few = 3_000;
    private const int Many = 300_000;
    private static readonly Guid Store = new("00112233-4455-6677-8899-aabbccddeeff");

    private static readonly Gen<(int At, byte Mask)[]> Flips = Gen.Select(Gen.Int[0, 4000], Gen.Byte[1, 255]).Array[1, 4];

    [Fact]
    public void Arbitrary_headers_of_files() => FileHeaders(Few);

    [Fact]
    public void Arbitrary_headers_of_records() => RecordHeaders(Few);

    [Fact]
    public void Arbitrary_records_of_names() => RootRecords(Few);

    [Fact]
    public void Arbitrary_checkpoints_and_store_headers() => SmallFiles(1_000);

    [Fact]
    [Slow]
    public void Very_many_arbitrary_headers_and_records()
    {
        FileHeaders(Many);
        RecordHeaders(Many);
        RootRecords(Many);
    }

    [Fact]
    [Slow]
    public void Many_arbitrary_checkpoints_and_store_headers() => SmallFiles(20_000);

    [Fact]
    public void A_record_is_one_only_at_its_place()
    {
        var other = new Guid("00112233-4455-6677-8899-aabbccddeefe");
        Gen.Select(Gen.ULong, Gen.Int[0, RecordHeader.MaxPayloadBytes], Gen.UInt[1, 5000], Gen.UInt[8, uint.MaxValue], Gen.UInt[8, uint.MaxValue])
            .Sample((sequence, length, segment, offset, elsewhere) =>
            {
                var header = new RecordHeader(RecordKind.Chunk, length, sequence, 7, BlobHash.Compute(BitConverter.GetBytes(sequence)));
                byte[] bytes = new byte[RecordHeader.SizeBytes];
                header.Write(bytes, Seed(Store, segment, offset));
                Assert.True(RecordHeader.TryRead(bytes, Seed(Store, segment, offset), out RecordHeader read));
                Assert.Equal(header, read);
                Assert.Equal(offset == elsewhere, RecordHeader.TryRead(bytes, Seed(Store, segment, elsewhere), out _));
                Assert.False(RecordHeader.TryRead(bytes, Seed(Store, segment + 1, offset), out _));
                Assert.False(RecordHeader.TryRead(bytes, Seed(other, segment, offset), out _));
            });
    }

    [Fact]
    public void No_two_places_of_a_segment_are_alike()
    {
        // The seed is a bijection of the offset's 32 bits, so a sample that is dense where segments begin will do.
        uint segment = RecordHeader.SegmentSeed(Store, 1);
        var seen = new HashSet<uint>();
        for (long offset = 64; offset < 64 + (8 * 500_000); offset += 8) Assert.True(seen.Add(RecordHeader.PlaceSeed(segment, offset)));
    }

    [Theory]
    [InlineData(RecordHeader.MaxPayloadBytes + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void A_record_longer_than_any_is_none(int length)
    {
        byte[] bytes = new byte[RecordHeader.SizeBytes];
        new RecordHeader(RecordKind.Chunk, length, 1, 1, default).Write(bytes, 5);
        Assert.False(RecordHeader.TryRead(bytes, 5, out _));
        new RecordHeader(RecordKind.Void, length, 1, 1, default).Write(bytes, 5);
        Assert.Equal(length > 0, RecordHeader.TryRead(bytes, 5, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_checkpoint_comes_back_as_it_was_saved(int segments)
    {
        using var folder = new ScratchFolder();
        Checkpoint saved = Sample(segments);
        saved.Save(StorageDevice.System, folder.Path, 5);
        Checkpoint loaded = Checkpoint.Load(StorageDevice.System, folder.Path, Store);
        Assert.Equal(saved.Segments, loaded.Segments);
        Assert.Equal(saved, loaded with { Segments = saved.Segments });
        Assert.Equal(ErrorKind.StoreDamaged, Assert.Throws<DatafortsException>(() => Checkpoint.Load(StorageDevice.System, folder.Path, Guid.NewGuid())).Kind);
    }

    [Fact]
    public void A_checkpoint_of_a_hostile_length_or_count_costs_no_memory()
    {
        using var folder = new ScratchFolder();
        Sample(2).Save(StorageDevice.System, folder.Path, 5);
        string path = folder[Checkpoint.FileName];
        byte[] bytes = File.ReadAllBytes(path);
        foreach (int count in (int[])[-1, 1, 3, int.MaxValue, int.MinValue, 178_956_971])
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(FileHeader.SizeBytes + 4), count);
            BlobHash.Compute(bytes.AsSpan(0, bytes.Length - 32)).CopyTo(bytes.AsSpan(bytes.Length - 32));
            File.WriteAllBytes(path, bytes);
            long spent = Spent(() =>
            {
                DatafortsException error = Assert.Throws<DatafortsException>(() => Checkpoint.Load(StorageDevice.System, folder.Path, Store));
                Assert.Equal(ErrorKind.StoreDamaged, error.Kind);
            });
            Assert.InRange(spent, 0, 64 * 1024);
        }
        using (FileStream file = File.OpenWrite(path)) file.SetLength(1L << 33);
        Assert.InRange(Spent(() => Assert.Throws<DatafortsException>(() => Checkpoint.Load(StorageDevice.System, folder.Path, Store))), 0, 64 * 1024);
    }

    private static void FileHeaders(int cases)
    {
        byte[] good = new byte[FileHeader.SizeBytes];
        new FileHeader(FileHeader.SegmentMagic, FileHeader.CurrentVersion, Store, 9, 10).Write(good);
        Assert.Equal(9ul, FileHeader.Read(good, FileHeader.SegmentMagic, "f").Number);
        Gen.OneOf(Gen.Byte.Array[0, 100], Flips.Select(flips => Flip(good, flips))).Sample(
            bytes =>
            {
                if (bytes.AsSpan().SequenceEqual(good)) return;
                DatafortsException error = Assert.Throws<DatafortsException>(() => FileHeader.Read(bytes, FileHeader.SegmentMagic, "some-file"));
                Assert.True(error.Kind is ErrorKind.StoreDamaged or ErrorKind.UnsupportedVersion);
                Assert.StartsWith("some-file", error.Message, StringComparison.Ordinal);
            },
            iter: cases);
    }

    private static void RecordHeaders(int cases)
    {
        byte[] good = new byte[RecordHeader.SizeBytes];
        new RecordHeader(RecordKind.Name, 100, 3, 4, BlobHash.Compute("x"u8)).Write(good, 77);
        Gen.OneOf(Gen.Byte.Array[0, 100], Flips.Select(flips => Flip(good, flips))).Sample(
            bytes => Assert.Equal(bytes.AsSpan().StartsWith(good), RecordHeader.TryRead(bytes, 77, out _)), iter: cases);
    }

    private static void RootRecords(int cases)
    {
        BlobRef blob = SmallRef.Create(BlobHash.Compute("x"u8), 1);
        RootRecord[] good =
        [
            RootRecord.SetName("a name", blob, RootReach.Blob, DateTimeOffset.UnixEpoch.AddDays(3), DateTimeOffset.UnixEpoch.AddDays(9)),
            RootRecord.RemoveName("a name", DateTimeOffset.UnixEpoch),
            RootRecord.SetName("a tree", blob, RootReach.Directory, DateTimeOffset.UnixEpoch.AddDays(3), null),
            RootRecord.Pin(blob, RootReach.Blob, isSet: true, DateTimeOffset.UnixEpoch),
            RootRecord.SetLease("channel/7", blob, RootReach.Directory, DateTimeOffset.UnixEpoch, null),
            RootRecord.GiveTime(blob, RootReach.Blob, DateTimeOffset.UnixEpoch, 5000),
            RootRecord.EndLease(RootRecord.GraceKey(blob.Encode(), RootReach.Blob), isGrace: true, DateTimeOffset.UnixEpoch),
            RootRecord.ContentHash(BlobHash.Compute("x"u8), BlobHash.Compute("y"u8), DateTimeOffset.UnixEpoch),
        ];
        foreach (RootRecord record in good)
        {
            byte[] encoded = record.Encode();
            Assert.True(RootRecord.TryDecode(record.Kind, encoded, out RootRecord? back));
            Assert.Equal(encoded, back.Encode());
            Gen.OneOf(Gen.Byte.Array[0, 200], Flips.Select(flips => Flip(encoded, flips)), Gen.Int[0, encoded.Length].Select(n => encoded[..n])).Sample(
                bytes =>
                {
                    foreach (RecordKind kind in (RecordKind[])[RecordKind.Name, RecordKind.Pin, RecordKind.ContentHash, RecordKind.Lease, (RecordKind)200])
                    {
                        if (!RootRecord.TryDecode(kind, bytes, out RootRecord? decoded)) continue;
                        Assert.Equal(bytes, decoded.Encode());
                        // What the index makes of it must not fail either.
                        using RootIndex? index = kind is RecordKind.Name or RecordKind.Lease && cases < Many ? RootIndex.InMemory() : null;
                        index?.Apply(decoded, 1, default);
                        index?.ListNames("", null, 10);
                    }
                },
                iter: cases);
        }
        byte[] hostile = good[0].Encode();
        BitConverter.TryWriteBytes(hostile.AsSpan(18), int.MaxValue);
        Assert.InRange(Spent(() => Assert.False(RootRecord.TryDecode(RecordKind.Name, hostile, out _))), 0, 8192);
    }

    private static void SmallFiles(int cases)
    {
        using var folder = new ScratchFolder();
        Sample(3).Save(StorageDevice.System, folder.Path, 1);
        new StoreHeader(Store, 1, ChunkingProfile.Default, 1 << 20).Save(StorageDevice.System, folder.Path);
        foreach ((string file, Action load) in ((string, Action)[])
            [(Checkpoint.FileName, () => Checkpoint.Load(StorageDevice.System, folder.Path, Store)),
                (StoreHeader.FileName, () => StoreHeader.Load(StorageDevice.System, folder.Path))])
        {
            byte[] good = File.ReadAllBytes(folder[file]);
            load();
            Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 400], Flips.Select(flips => Flip(good, flips))), Gen.Bool).Sample(
                (bytes, resealed) =>
                {
                    if (bytes.AsSpan().SequenceEqual(good)) return;
                    // With the checksum made good again the fields themselves are what stands between a liar and the store.
                    if (resealed && bytes.Length > 32) BlobHash.Compute(bytes.AsSpan(0, bytes.Length - 32)).CopyTo(bytes.AsSpan(bytes.Length - 32));
                    File.WriteAllBytes(folder[file], bytes);
                    try
                    {
                        load();
                        Assert.True(resealed);
                    }
                    catch (DatafortsException error)
                    {
                        Assert.True(error.Kind is ErrorKind.StoreDamaged or ErrorKind.UnsupportedVersion);
                        Assert.Contains(folder[file], error.Message, StringComparison.Ordinal);
                    }
                },
                iter: cases,
                threads: 1);
            File.WriteAllBytes(folder[file], good);
        }
    }

    private static uint Seed(Guid store, uint segment, long offset) => RecordHeader.PlaceSeed(RecordHeader.SegmentSeed(store, segment), offset);

    private static Checkpoint Sample(int segments) => new(Store, 12, false, new Guid("ffeeddcc-bbaa-9988-7766-554433221100"), BlobHash.Compute("i"u8),
        [.. Enumerable.Range(1, segments).Select(i => new Checkpoint.Segment((ulong)i, 1000 * i, 900 * i))]);

    private static byte[] Flip(byte[] bytes, (int At, byte Mask)[] flips)
    {
        byte[] copy = [.. bytes];
        foreach ((int at, byte mask) in flips) copy[at % copy.Length] ^= mask;
        return copy;
    }

    private static long Spent(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
