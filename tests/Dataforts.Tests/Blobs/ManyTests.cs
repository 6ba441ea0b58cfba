using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>Many payloads and blobs in one call.</summary>
public sealed class ManyTests : IDisposable
{
    private static readonly PutOptions InTiny = new() { Profile = Payload.Tiny };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_puts_are_the_puts_one_by_one(bool isImmediate)
    {
        ReadOnlyMemory<byte>[] payloads = Payloads();
        var chunks = new MemoryChunks { IsImmediate = isImmediate };
        PutResult[] many = await new BlobWriter(chunks).PutManyAsync(payloads, InTiny);
        var others = new MemoryChunks();
        var writer = new BlobWriter(others);
        for (int i = 0; i < payloads.Length; i++) Assert.Equal((await writer.PutAsync(payloads[i], InTiny)).Ref, many[i].Ref);
        Assert.Equal(others.Hashes.Order(), chunks.Hashes.Order());
        Assert.Equal(chunks.Hashes.Sum(hash => (long)chunks[hash].Length), many.Sum(put => put.StoredBytes));
        Assert.All(many, put => Assert.InRange(put.StoredBytes + put.DedupedBytes, (long)put.Ref.SizeBytes, long.MaxValue));
        Assert.Equal(isImmediate, chunks.Batches.Any(count => count > 1));
    }

    [Fact]
    public async Task Many_blobs_come_back_in_order()
    {
        await using BlobStore store = await OpenAsync();
        ReadOnlyMemory<byte>[] payloads = Payloads();
        PutResult[] puts = await store.PutManyAsync(payloads, InTiny with { Durability = Durability.Durable }, TestContext.Current.CancellationToken);
        BlobRef manifest = (await store.PutAsync(payloads[^1], new PutOptions { Shape = BlobShape.Manifest })).Ref;
        BlobRef[] wanted = [.. puts.Select(put => put.Ref), manifest, puts[0].Ref];
        int at = 0;
        await foreach (BlobSequence sequence in store.ReadManyAsync(wanted, TestContext.Current.CancellationToken))
        {
            using (sequence) Assert.Equal(Expected(at++), System.Buffers.BuffersExtensions.ToArray(sequence.Bytes));
        }
        Assert.Equal(wanted.Length, at);

        byte[] Expected(int index) => (index < payloads.Length ? payloads[index] : index == payloads.Length ? payloads[^1] : payloads[0]).ToArray();
    }

    [Fact]
    public async Task What_is_wrong_with_one_of_many_is_told_in_its_place()
    {
        var chunks = new MemoryChunks { IsImmediate = true };
        PutResult[] puts = await new BlobWriter(chunks).PutManyAsync([.. Enumerable.Range(0, 40).Select(i => Small(i))]);
        BlobHash gone = puts[25].ContentHash!.Value;
        chunks.Remove(gone);
        int at = 0;
        IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(async () =>
        {
            await foreach (BlobSequence sequence in new BlobReader(chunks).ReadManyAsync([.. puts.Select(put => put.Ref)]))
            {
                using (sequence) Assert.Equal(Small(at++).ToArray(), System.Buffers.BuffersExtensions.ToArray(sequence.Bytes));
            }
        });
        Assert.Equal((25, gone, ErrorKind.ChunkMissing), (at, error.Hash, error.Kind));
    }

    [Fact]
    public async Task Any_of_many_may_fail_to_be_stored()
    {
        ReadOnlyMemory<byte>[] payloads = [.. Enumerable.Range(0, 50).Select(i => Small(i))];
        for (int failing = 1; failing <= payloads.Length; failing++)
        {
            int nthToFail = failing;
            var error = new DatafortsException(ErrorKind.NoSpace, "full");
            var chunks = new MemoryChunks { IsImmediate = true, BeforeStore = (_, nth, _) => nth == nthToFail ? throw error : Task.CompletedTask };
            var writer = new BlobWriter(chunks, null, new WindowOptions { BatchChunks = 8 });
            Assert.Same(error, await Assert.ThrowsAsync<DatafortsException>(() => writer.PutManyAsync(payloads)));
            Assert.Equal(0, chunks.Active);
        }
    }

    [Fact]
    public async Task What_is_refused_is_refused_before_anything_is_stored()
    {
        await using BlobStore store = await OpenAsync();
        ReadOnlyMemory<byte>[] payloads = [Small(1), default];
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutManyAsync(payloads, new PutOptions { Name = "n" }));
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutManyAsync(payloads, new PutOptions { Uri = "mesh://x" }));
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutManyAsync(payloads, new PutOptions { Shape = BlobShape.Tree }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutManyAsync(payloads, null, new CancellationToken(true)));
        Assert.Equal(0, store.Chunks.Info.Chunks);
        Assert.Empty(await store.PutManyAsync([], null, TestContext.Current.CancellationToken));
        BlobRef absent = SmallRef.Create(BlobHash.Compute([1]), 1);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(async () =>
        {
            await foreach (BlobSequence _ in store.ReadManyAsync([absent])) Assert.Fail("it is not there");
        });
        Assert.Equal(ErrorKind.BlobNotFound, error.Kind);
    }

    [Fact]
    public async Task A_store_says_of_many_chunks_which_it_has()
    {
        await using BlobStore store = await OpenAsync();
        PutResult[] puts = await store.PutManyAsync([.. Enumerable.Range(0, 20).Select(i => Small(i))], null, TestContext.Current.CancellationToken);
        BlobHash[] hashes = [.. puts.Select((put, i) => i % 3 == 0 ? BlobHash.Compute([(byte)i]) : put.ContentHash!.Value)];
        bool[] has = new bool[hashes.Length];
        store.Contains(hashes, has);
        Assert.Equal(hashes.Select((_, i) => i % 3 != 0), has);
        Assert.Throws<ArgumentException>(() => store.Contains(hashes, new bool[hashes.Length - 1]));
    }

    [Fact]
    public async Task The_same_payloads_put_by_many_at_once_are_stored_once()
    {
        await using BlobStore store = await OpenAsync();
        ReadOnlyMemory<byte>[] payloads = [.. Enumerable.Range(0, 100).Select(i => Small(i))];
        byte[] large = Payload.Random(3, 200_000);
        long stored = 0;
        await Parallel.ForAsync(0, 12, TestContext.Current.CancellationToken, async (worker, cancelled) =>
        {
            long mine = 0;
            if (worker % 3 == 0)
            {
                foreach (ReadOnlyMemory<byte> payload in payloads) mine += (await store.PutAsync(payload, null, null, cancelled)).StoredBytes;
            }
            else
            {
                mine = (await store.PutManyAsync(payloads, null, cancelled)).Sum(put => put.StoredBytes);
            }
            mine += (await store.PutAsync(large, InTiny, null, cancelled)).StoredBytes;
            Interlocked.Add(ref stored, mine);
        });
        Assert.Equal(store.Chunks.Info.LiveBytes, stored);
        Assert.Equal(0, store.Chunks.Info.GarbageBytes);
        Assert.True((await store.VerifyAsync(cancellationToken: TestContext.Current.CancellationToken)).IsSound);
    }

    // Smalls of many sizes, some of them twice, an empty one, and trees among them.
    private static ReadOnlyMemory<byte>[] Payloads() =>
        [.. Enumerable.Range(0, 60).Select(i => i % 13 == 12 ? Payload.Random(i, 30_000) : Small(i / 2 * 2)), default, Payload.Random(99, 50_000)];

    private static ReadOnlyMemory<byte> Small(int seed) => Payload.Random(seed, 10 + (seed * 37 % 1500));

    private Task<BlobStore> OpenAsync() => BlobStore.OpenAsync(new StoreOptions { Path = _folder["store"], Writable = true });
}
