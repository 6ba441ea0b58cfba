using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;

namespace Dataforts.Tests.Adapters;

/// <summary>What every adapter has to do, whatever it keeps blobs in. A test class for one adapter derives from this and says how to make it.</summary>
public abstract class AdapterConformance : IAsyncDisposable
{
    private IBlobAdapter? _adapter;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IBlobAdapter Adapter => _adapter ??= Make();

    /// <summary>A new adapter with nothing in it.</summary>
    protected abstract IBlobAdapter Make();

    /// <summary>Anything that grows when something is left behind: files, bytes, entries.</summary>
    protected abstract long Residue();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task What_is_stored_is_there_and_comes_back()
    {
        byte[] content = Contents.Fresh(5000);
        SmallRef blob = Contents.Small(content);
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        await StoreAsync(blob, content);
        Assert.True(await Adapter.ExistsAsync(blob, Token));
        Assert.Equal(content, await FetchAsync(blob));
        Assert.Equal(5000ul, (await Adapter.StatAsync(blob, Token)).SizeBytes);
        await StoreAsync(blob, content);
        Assert.Equal(content, await FetchAsync(blob));
    }

    [Fact]
    public async Task Blobs_keep_out_of_each_others_way()
    {
        byte[] first = Contents.Fresh(100), second = Contents.Fresh(100);
        await StoreAsync(Contents.Small(first), first);
        await StoreAsync(Contents.Small(second), second);
        Assert.Equal(first, await FetchAsync(Contents.Small(first)));
        Assert.Equal(second, await FetchAsync(Contents.Small(second)));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        SmallRef blob = Contents.Small([]);
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        await Refused(ErrorKind.BlobNotFound, () => FetchAsync(blob));
        await StoreAsync(blob, []);
        Assert.True(await Adapter.ExistsAsync(blob, Token));
        Assert.Empty(await FetchAsync(blob));
    }

    [Fact]
    public async Task Content_in_pieces_is_content()
    {
        byte[] content = Contents.Fresh(1000);
        await Adapter.StoreAsync(Contents.Small(content), Contents.InPieces(content), ClaimOptions.Default, Token);
        Assert.Equal(content, await FetchAsync(Contents.Small(content)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_false_claim_is_refused_and_leaves_nothing(int longer)
    {
        byte[] content = Contents.Fresh(1000), other = Contents.Fresh(1000 + longer);
        SmallRef blob = Contents.Small(content);
        await Touch();
        long before = Residue();
        await Refused(ErrorKind.ClaimMismatch, () => StoreAsync(blob, other));
        await Refused(ErrorKind.ClaimMismatch, () => Adapter.StoreAsync(blob, new MemoryStream(other), ClaimOptions.Default, Token).AsTask());
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        Assert.Equal(before, Residue());
        await StoreAsync(blob, content);
        await Refused(ErrorKind.ClaimMismatch, () => StoreAsync(blob, other));
        Assert.Equal(content, await FetchAsync(blob));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_asking_leaves_nothing()
    {
        await Touch();
        long before = Residue();
        for (int i = 0; i < 20; i++)
        {
            SmallRef blob = Contents.Small(Contents.Fresh(100));
            Assert.False(await Adapter.ExistsAsync(blob, Token));
            await Refused(ErrorKind.BlobNotFound, () => FetchAsync(blob));
            await Refused(ErrorKind.BlobNotFound, () => Adapter.StatAsync(blob, Token).AsTask());
            await Refused(
                Has(AdapterCapabilities.Streams) ? ErrorKind.BlobNotFound : ErrorKind.Unsupported, () => Adapter.OpenReadAsync(blob, Token).AsTask());
            if (Has(AdapterCapabilities.Delete)) Assert.False(await Adapter.DeleteAsync(blob, Token));
        }
        Assert.Equal(before, Residue());
    }

    [Fact]
    public async Task Ranges_are_exact_up_to_the_end()
    {
        byte[] content = Contents.Fresh(1000);
        SmallRef blob = Contents.Small(content);
        await StoreAsync(blob, content);
        if (!Has(AdapterCapabilities.Ranges))
        {
            await Refused(ErrorKind.Unsupported, () => FetchAsync(blob, new BlobRange(5, 5)));
            return;
        }
        Assert.Equal(content[5..10], await FetchAsync(blob, new BlobRange(5, 5)));
        Assert.Equal(content[990..], await FetchAsync(blob, new BlobRange(990, 10)));
        Assert.Equal(content, await FetchAsync(blob, new BlobRange(0, 1000)));
        Assert.Empty(await FetchAsync(blob, new BlobRange(3, 0)));
        Assert.Empty(await FetchAsync(blob, new BlobRange(1000, 0)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => FetchAsync(blob, new BlobRange(1000, 1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => FetchAsync(blob, new BlobRange(1001, 0)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => FetchAsync(blob, new BlobRange(1, ulong.MaxValue)));
    }

    [Fact]
    public async Task What_a_ref_claims_allocates_nothing()
    {
        byte[] content = Contents.Fresh(100);
        BlobHash hash = BlobHash.Compute(content);
        await StoreAsync(Contents.Small(content), content);
        var tooLong = SmallRef.Create(hash, 16ul << 30);
        var long1 = SmallRef.Create(hash, 900ul << 20);
        BlobRange? huge = Has(AdapterCapabilities.Ranges) ? new BlobRange(0, 800ul << 20) : null;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await Refused(ErrorKind.LimitExceeded, () => FetchAsync(tooLong));
        await Assert.ThrowsAnyAsync<DatafortsException>(() => FetchAsync(long1));
        await Assert.ThrowsAnyAsync<DatafortsException>(() => FetchAsync(long1, huge));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64L << 20);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public async Task A_ref_that_declares_another_size_gets_no_bytes(int size)
    {
        byte[] content = Contents.Fresh(100);
        await StoreAsync(Contents.Small(content), content);
        var wrong = SmallRef.Create(BlobHash.Compute(content), (ulong)size);
        await Refused(ErrorKind.ChunkLength, () => FetchAsync(wrong));
    }

    [Fact]
    public async Task A_stream_is_stored_as_its_bytes_are()
    {
        byte[] content = Contents.Fresh(300_000);
        SmallRef blob = Contents.Small(content);
        await Adapter.StoreAsync(blob, new DripStream(content), ClaimOptions.Default, Token);
        Assert.Equal(content, await FetchAsync(blob));
        if (Has(AdapterCapabilities.Streams))
        {
            await using Stream stream = await Adapter.OpenReadAsync(blob, Token);
            Assert.Equal(content, await Blobs.Payload.ReadAllAsync(stream));
        }
    }

    [Fact]
    public async Task A_producer_that_fails_is_told_and_leaves_nothing()
    {
        byte[] content = Contents.Fresh(300_000);
        await Touch();
        long before = Residue();
        var failing = new DripStream(content) { FailAt = 200_000 };
        await Assert.ThrowsAsync<InvalidDataException>(() => Adapter.StoreAsync(Contents.Small(content), failing, ClaimOptions.Default, Token).AsTask());
        await Assert.ThrowsAsync<InvalidDataException>(() => Adapter.PutAsync(new DripStream(content) { FailAt = 200_000 }, new PutOptions(), Token).AsTask());
        Assert.False(await Adapter.ExistsAsync(Contents.Small(content), Token));
        Assert.Equal(before, Residue());
    }

    [Fact]
    public async Task A_stream_is_read_no_further_than_one_byte_past_its_claim()
    {
        var endless = new DripStream(Contents.Fresh(2_000_000));
        await Refused(
            ErrorKind.ClaimMismatch, () => Adapter.StoreAsync(Contents.Small(Contents.Fresh(1000)), endless, ClaimOptions.Default, Token).AsTask());
        Assert.InRange(endless.Position, 0, 1001);
    }

    [Fact]
    public async Task A_store_that_is_called_off_leaves_all_or_nothing()
    {
        byte[] content = Contents.Fresh(300_000);
        SmallRef blob = Contents.Small(content);
        using var stop = new CancellationTokenSource();
        await Touch();
        long before = Residue();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Adapter.StoreAsync(blob, new DripStream(content) { CancelAt = (150_000, stop) }, ClaimOptions.Default, stop.Token).AsTask());
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        Assert.Equal(before, Residue());
    }

    [Fact]
    public async Task A_cancelled_token_stops_every_call_before_it_does_anything()
    {
        byte[] content = Contents.Fresh(100);
        SmallRef blob = Contents.Small(content), kept = Contents.Small([1]);
        await StoreAsync(kept, [1]);
        var off = new CancellationToken(canceled: true);
        await CalledOff(() => Adapter.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, off).AsTask());
        await CalledOff(() => Adapter.StoreAsync(blob, new MemoryStream(content), ClaimOptions.Default, off).AsTask());
        await CalledOff(() => Adapter.PutAsync(new MemoryStream(content), new PutOptions(), off).AsTask());
        await CalledOff(() => Adapter.FetchAsync(kept, null, off).AsTask());
        await CalledOff(() => Adapter.OpenReadAsync(kept, off).AsTask());
        await CalledOff(() => Adapter.ExistsAsync(kept, off).AsTask());
        await CalledOff(() => Adapter.StatAsync(kept, off).AsTask());
        await CalledOff(() => Adapter.DeleteAsync(kept, off).AsTask());
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        Assert.True(await Adapter.ExistsAsync(kept, Token));
        if (Has(AdapterCapabilities.List)) await CalledOff(async () => { await foreach (AdapterEntry _ in Adapter.ListAsync("", off)) { } });

        static Task CalledOff(Func<Task> call) => Assert.ThrowsAnyAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task Deleting_takes_away_and_storing_brings_back()
    {
        byte[] content = Contents.Fresh(100);
        SmallRef blob = Contents.Small(content);
        await StoreAsync(blob, content);
        if (!Has(AdapterCapabilities.Delete))
        {
            await Refused(ErrorKind.Unsupported, () => Adapter.DeleteAsync(blob, Token).AsTask());
            Assert.Equal(content, await FetchAsync(blob));
            return;
        }
        Assert.True(await Adapter.DeleteAsync(blob, Token));
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        await Refused(ErrorKind.BlobNotFound, () => FetchAsync(blob));
        Assert.False(await Adapter.DeleteAsync(blob, Token));
        await StoreAsync(blob, content);
        Assert.Equal(content, await FetchAsync(blob));
    }

    [Fact]
    public async Task A_list_has_what_is_there_once()
    {
        if (!Has(AdapterCapabilities.List))
        {
            Assert.Equal(ErrorKind.Unsupported, Assert.Throws<DatafortsException>(() => Adapter.ListAsync("", Token)).Kind);
            return;
        }
        Assert.Empty(await ListAsync(""));
        var stored = new Dictionary<BlobHash, ulong>();
        for (int i = 0; i < 40; i++)
        {
            byte[] content = Contents.Fresh(10 + i);
            await StoreAsync(Contents.Small(content), content);
            await StoreAsync(Contents.Small(content), content);
            stored.Add(BlobHash.Compute(content), (ulong)content.Length);
        }
        Assert.Equal(stored.OrderBy(e => e.Key), (await ListAsync("")).Select(e => KeyValuePair.Create(e.Hash, e.SizeBytes)).OrderBy(e => e.Key));
        string one = stored.Keys.First().ToString();
        foreach (string prefix in new[] { one[..1], one[..2], one[..5], one })
        {
            Assert.Equal(
                stored.Keys.Where(h => h.ToString().StartsWith(prefix, StringComparison.Ordinal)).Order(),
                (await ListAsync(prefix)).Select(e => e.Hash).Order());
        }
        Assert.Empty(await ListAsync("xyz"));
    }

    [Fact]
    public async Task Many_may_store_the_same_at_once()
    {
        byte[] content = Contents.Fresh(200_000);
        SmallRef blob = Contents.Small(content);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => i % 2 == 0
            ? Adapter.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token).AsTask()
            : Adapter.StoreAsync(blob, new DripStream(content), ClaimOptions.Default, Token).AsTask())));
        Assert.Equal(content, await FetchAsync(blob));
        if (Has(AdapterCapabilities.List)) Assert.Single(await ListAsync(blob.Hash.ToString()));
    }

    [Fact]
    public async Task A_fetch_beside_stores_and_deletes_gets_all_or_nothing()
    {
        byte[] content = Contents.Fresh(100_000);
        SmallRef blob = Contents.Small(content);
        int whole = 0;
        await StoreAsync(blob, content);
        Task[] writers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                await StoreAsync(blob, content);
                if (Has(AdapterCapabilities.Delete)) await Adapter.DeleteAsync(blob, Token);
            }
        }))];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!writers.All(w => w.IsCompleted))
            {
                try
                {
                    Assert.Equal(content, await FetchAsync(blob));
                    whole++;
                }
                catch (DatafortsException error) when (error.Kind == ErrorKind.BlobNotFound)
                {
                    Assert.True(Has(AdapterCapabilities.Delete));
                }
            }
        })).Concat(writers));
        await StoreAsync(blob, content);
        Assert.Equal(content, await FetchAsync(blob));
        Assert.True(whole > 0 || Has(AdapterCapabilities.Delete));
    }

    [Theory]
    [InlineData(BlobRefKind.Manifest, false, 1)]
    [InlineData(BlobRefKind.Manifest, false, (4 << 20) + 77)]
    [InlineData(BlobRefKind.Tree, false, 1)]
    [InlineData(BlobRefKind.Tree, false, 20_000)]
    [InlineData(BlobRefKind.Tree, true, 20_000)]
    public async Task Manifests_and_trees_are_kept_or_refused(BlobRefKind kind, bool byNodes, int length)
    {
        byte[] content = Contents.Fresh(length), other = [.. content];
        other[^1] ^= 1;
        (BlobRef blob, ClaimOptions claim, _) = await Contents.OfAsync(kind, content, byNodes);
        if (!Has(AdapterCapabilities.ChunkedRefs))
        {
            await Refused(ErrorKind.Unsupported, () => Adapter.StoreAsync(blob, Contents.Whole(content), claim, Token).AsTask());
            await Refused(ErrorKind.Unsupported, () => FetchAsync(blob));
            await Refused(ErrorKind.Unsupported, () => Adapter.ExistsAsync(blob, Token).AsTask());
            return;
        }
        long before = Residue();
        await Refused(ErrorKind.ClaimMismatch, () => Adapter.StoreAsync(blob, Contents.Whole(other), claim, Token).AsTask());
        await Refused(ErrorKind.ClaimMismatch, () => Adapter.StoreAsync(blob, new DripStream(other), claim, Token).AsTask());
        await Refused(ErrorKind.ClaimMismatch, () => Adapter.StoreAsync(blob, Contents.Whole([.. content, 0]), claim, Token).AsTask());
        Assert.False(await Adapter.ExistsAsync(blob, Token));
        Assert.Equal(before, Residue());
        await Refused(ErrorKind.BlobNotFound, () => FetchAsync(blob));
        await Adapter.StoreAsync(blob, new DripStream(content), claim, Token);
        await Adapter.StoreAsync(blob, Contents.InPieces(content), claim, Token);
        Assert.True(await Adapter.ExistsAsync(blob, Token));
        Assert.Equal(content, await FetchAsync(blob));
        if (Has(AdapterCapabilities.Ranges) && length > 1000)
            Assert.Equal(content[60..(length - 1)], await FetchAsync(blob, new BlobRange(60, (ulong)length - 61)));
    }

    [Fact]
    public async Task A_tree_of_which_nothing_else_is_known_is_refused()
    {
        (BlobRef blob, _, _) = await Contents.OfAsync(BlobRefKind.Tree, Contents.Fresh(1000));
        await Refused(
            Has(AdapterCapabilities.ChunkedRefs) ? ErrorKind.InvalidRequest : ErrorKind.Unsupported,
            () => Adapter.StoreAsync(blob, Contents.Whole(new byte[1000]), ClaimOptions.Default, Token).AsTask());
    }

    [Fact]
    public async Task What_is_put_without_a_claim_gets_a_ref_that_leads_back()
    {
        byte[] content = Contents.Fresh(5000);
        PutResult put = await Adapter.PutAsync(new DripStream(content), new PutOptions(), Token);
        Assert.Equal(content, await FetchAsync(put.Ref));
        Assert.Equal(BlobHash.Compute(content), Assert.IsType<SmallRef>(put.Ref).Hash);
        if (Adapter.Schemes.Count > 0) Assert.Equal(Adapter.Schemes[0], put.Ref.Scheme);
        if (!Has(AdapterCapabilities.ChunkedRefs))
        {
            var tree = new PutOptions { Shape = BlobShape.Tree };
            await Refused(ErrorKind.Unsupported, () => Adapter.PutAsync(new MemoryStream(content), tree, Token).AsTask());
            return;
        }
        foreach (BlobShape shape in new[] { BlobShape.Manifest, BlobShape.Tree })
        {
            put = await Adapter.PutAsync(new DripStream(content), new PutOptions { Shape = shape }, Token);
            Assert.Equal(content, await FetchAsync(put.Ref));
            Assert.Equal(shape.ToString(), put.Ref.Kind.ToString());
        }
    }

    [Fact]
    public async Task Durability_is_given_or_refused()
    {
        byte[] content = Contents.Fresh(100);
        var durable = new ClaimOptions { Durability = Durability.Durable };
        if (Has(AdapterCapabilities.Durable))
        {
            await Adapter.StoreAsync(Contents.Small(content), Contents.Whole(content), durable, Token);
            await Adapter.StoreAsync(Contents.Small(content), new MemoryStream(content), durable, Token);
            await Adapter.PutAsync(new MemoryStream(content), new PutOptions { Durability = Durability.Durable }, Token);
            Assert.Equal(content, await FetchAsync(Contents.Small(content)));
            return;
        }
        await Refused(ErrorKind.Unsupported, () => Adapter.StoreAsync(Contents.Small(content), Contents.Whole(content), durable, Token).AsTask());
        var put = new PutOptions { Durability = Durability.Durable };
        await Refused(ErrorKind.Unsupported, () => Adapter.PutAsync(new MemoryStream(content), put, Token).AsTask());
        Assert.False(await Adapter.ExistsAsync(Contents.Small(content), Token));
    }

    [Fact]
    public async Task Names_are_kept_or_refused()
    {
        var named = new PutOptions { Name = "a" };
        if (Has(AdapterCapabilities.Names)) await Adapter.PutAsync(new MemoryStream([1]), named, Token);
        else await Refused(ErrorKind.Unsupported, () => Adapter.PutAsync(new MemoryStream([1]), named, Token).AsTask());
    }

    protected bool Has(AdapterCapabilities capability) => Adapter.Capabilities.HasFlag(capability);

    protected Task StoreAsync(BlobRef blob, byte[] content) => Adapter.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token).AsTask();

    protected async Task<byte[]> FetchAsync(BlobRef blob, BlobRange? range = null)
    {
        using OwnedBytes bytes = await Adapter.FetchAsync(blob, range, Token);
        return bytes.Bytes.ToArray();
    }

    protected static async Task Refused(ErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(call)).Kind);

    private async Task<List<AdapterEntry>> ListAsync(string prefix)
    {
        var entries = new List<AdapterEntry>();
        await foreach (AdapterEntry entry in Adapter.ListAsync(prefix, Token)) entries.Add(entry);
        return entries;
    }

    // What an adapter makes on its first store is no residue.
    private Task Touch() => StoreAsync(Contents.Small([7]), [7]);
}
