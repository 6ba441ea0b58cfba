using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Tests.Adapters;

/// <summary>Whatever an adapter does, the resolver hands out the blob's bytes or an error that says what was wrong.</summary>
public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Fault, BlobRefKind> Everything
    {
        get
        {
            var all = new TheoryData<Fault, BlobRefKind>();
            foreach (Fault fault in Enum.GetValues<Fault>())
                foreach (BlobRefKind kind in Enum.GetValues<BlobRefKind>())
                    all.Add(fault, kind);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_fault_at_any_call_is_never_a_wrong_byte(Fault fault, BlobRefKind kind)
    {
        // Long enough for two chunks of a Manifest, and for a tree of three levels.
        byte[] content = Contents.Fresh(kind == BlobRefKind.Manifest ? (4 << 20) + 5 : 64 * 200);
        (BlobRef blob, ClaimOptions claim, _) = await Contents.OfAsync(kind, content);
        var host = new DelegateAdapter(new HostDictionary().Waiting(), new DelegateOptions { Id = "host", Schemes = ["mesh"] });
        await host.StoreAsync(blob, Contents.Whole(content), claim, Token);
        int calls = await CallsAsync(host, blob);
        Assert.True(kind == BlobRefKind.Small ? calls == 1 : calls > 1);
        for (int at = 1; at <= calls; at += Math.Max(1, calls / 25))
        {
            await TryAsync(new FaultyAdapter(host, fault, at, at + 1), blob, content, fault);
            await TryAsync(new FaultyAdapter(host, fault, at), blob, content, fault);
        }
    }

    [Theory]
    [InlineData(Fault.None)]
    [InlineData(Fault.Fails)]
    [InlineData(Fault.IsAbsent)]
    [InlineData(Fault.IsShort)]
    [InlineData(Fault.IsLong)]
    [InlineData(Fault.IsFlipped)]
    [InlineData(Fault.IsAnother)]
    public async Task A_fault_in_a_long_foreign_stream_is_never_a_wrong_byte(Fault fault)
    {
        using var folder = new TempFolder();
        using var files = new FileAdapter(new FileAdapterOptions { Root = folder["blobs"] });
        byte[] content = Contents.Fresh(AdapterLimits.AsideMemoryBytes + 100);
        SmallRef blob = Contents.Small(content, "file");
        await files.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        await TryAsync(new FaultyAdapter(files, fault, 1), blob, content, fault);
    }

    private static async Task<int> CallsAsync(IBlobAdapter sound, BlobRef blob)
    {
        var counting = new FaultyAdapter(sound, Fault.None, 1);
        using OwnedBytes bytes = await Resolver(counting, blob).FetchAsync(blob, Token);
        return counting.Calls;
    }

    private static async Task TryAsync(FaultyAdapter faulty, BlobRef blob, byte[] content, Fault fault)
    {
        bool isHarmless = fault is Fault.None or Fault.IsLate;
        try
        {
            using OwnedBytes bytes = await Resolver(faulty, blob).FetchAsync(blob, Token);
            Assert.True(content.AsSpan().SequenceEqual(bytes.ToArray()), $"{fault}: a wrong byte");
            Assert.True(isHarmless, $"{fault} went unseen");
        }
        catch (DatafortsException error)
        {
            Assert.False(isHarmless, error.Message);
        }
        Assert.Equal(0, faulty.Outstanding);
        faulty.Reset();
        await TryStreamAsync(faulty, blob, content, isHarmless);
    }

    private static async Task TryStreamAsync(IBlobAdapter adapter, BlobRef blob, byte[] content, bool isHarmless)
    {
        var got = new MemoryStream();
        try
        {
            await using Stream stream = await Resolver(adapter, blob).OpenReadAsync(blob, Token);
            await stream.CopyToAsync(got, Token);
            Assert.Equal(content.Length, got.Length);
            Assert.True(isHarmless, "a fault went unseen");
        }
        catch (DatafortsException error)
        {
            Assert.False(isHarmless, error.Message);
        }
        Assert.True(content.AsSpan(0, (int)got.Length).SequenceEqual(got.ToArray()), "a wrong byte in a stream");
    }

    private static BlobResolver Resolver(IBlobAdapter adapter, BlobRef blob)
    {
        var registry = new AdapterRegistry();
        registry.Register(adapter);
        return new BlobResolver(registry, new ResolverOptions { AllowedSchemes = [blob.Scheme] });
    }
}
