using System.Runtime.InteropServices;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Adapters;

public sealed class BlobResolverTests
{
    private readonly AdapterRegistry _registry = new();
    private readonly HostDictionary _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_schemes_that_the_caller_allows_are_served()
    {
        var calls = new CountingAdapter(new MemoryAdapter("m", "memory"));
        _registry.Register(calls);
        byte[] content = Contents.Fresh(10);
        SmallRef blob = Contents.Small(content, "memory");
        await calls.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        calls.Calls = 0;
        await RefusedAsync(ErrorKind.SchemeNotAllowed, new BlobResolver(_registry), blob);
        await RefusedAsync(ErrorKind.SchemeNotAllowed, Resolver("MEMORY"), blob);
        await RefusedAsync(ErrorKind.SchemeNotAllowed, Resolver("memory"), Contents.Small(content, "Memory"));
        await RefusedAsync(ErrorKind.SchemeNotAllowed, Resolver("memory"), new SmallRef("no-scheme", blob.Hash, 10));
        Assert.Equal(0, calls.Calls);
        Assert.Equal(content, await FetchAsync(Resolver("memory"), blob));
    }

    [Fact]
    public async Task A_ref_goes_to_the_adapter_that_lists_its_scheme_and_to_no_other()
    {
        byte[] content = Contents.Fresh(10);
        SmallRef blob = Contents.Small(content, "a");
        var any = new MemoryAdapterOfAnyScheme();
        _registry.Register(any);
        await any.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        await RefusedAsync(ErrorKind.AdapterNotRegistered, Resolver("a"), blob);
        _registry.Register(new MemoryAdapter("1", "a"));
        await RefusedAsync(ErrorKind.BlobNotFound, Resolver("a"), blob);
        _registry.Register(new MemoryAdapter("2", "a"));
        await RefusedAsync(ErrorKind.InvalidRequest, Resolver("a"), blob);
    }

    [Fact]
    public async Task A_named_adapter_serves_what_its_schemes_take()
    {
        byte[] content = Contents.Fresh(10);
        SmallRef blob = Contents.Small(content, "a");
        var any = new MemoryAdapterOfAnyScheme();
        var other = new MemoryAdapter("b", "b");
        _registry.Register(any);
        _registry.Register(other);
        await any.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        await other.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        Assert.Equal(content, await FetchAsync(new BlobResolver(_registry, new ResolverOptions { AllowedSchemes = ["a"], AdapterId = any.Id }), blob));
        await RefusedAsync(ErrorKind.SchemeNotAllowed, new BlobResolver(_registry, new ResolverOptions { AllowedSchemes = ["a"], AdapterId = "b" }), blob);
        await RefusedAsync(ErrorKind.SchemeNotAllowed, new BlobResolver(_registry, new ResolverOptions { AdapterId = any.Id }), blob);
        await RefusedAsync(ErrorKind.AdapterNotRegistered, new BlobResolver(_registry, new ResolverOptions { AllowedSchemes = ["a"], AdapterId = "c" }), blob);
    }

    [Fact]
    public async Task Inline_payloads_are_handed_back_as_they_are()
    {
        byte[] payload = Contents.Fresh(100);
        payload[0] = 0;
        using OwnedBytes bytes = await new BlobResolver(_registry).ResolveAsync(payload, Token);
        Assert.True(MemoryMarshal.TryGetArray(bytes.Bytes.First, out ArraySegment<byte> same));
        Assert.Same(payload, same.Array);
    }

    [Theory]
    [InlineData(BlobRefKind.Small)]
    [InlineData(BlobRefKind.Manifest)]
    [InlineData(BlobRefKind.Tree)]
    public async Task A_payload_of_every_kind_resolves_from_a_foreign_adapter(BlobRefKind kind)
    {
        byte[] content = Contents.Fresh(20_000);
        (BlobRef blob, ClaimOptions claim, _) = await Contents.OfAsync(kind, content);
        var adapter = new DelegateAdapter(_host.Waiting(), new DelegateOptions { Id = "host", Schemes = ["mesh"] });
        await adapter.StoreAsync(blob, Contents.Whole(content), claim, Token);
        _registry.Register(adapter);
        using OwnedBytes bytes = await new BlobResolver(_registry).ResolveAsync(blob.Encode(), Token);
        Assert.Equal(content, bytes.ToArray());
        await using Stream stream = await new BlobResolver(_registry).OpenReadAsync(blob.Encode(), Token);
        Assert.Equal(content, await Payload.ReadAllAsync(stream));
    }

    [Fact]
    public async Task A_tree_of_a_foreign_adapter_without_chunks_is_refused_unread()
    {
        var calls = new CountingAdapter(new MemoryAdapter("m", "mesh"));
        (BlobRef blob, ClaimOptions claim, _) = await Contents.OfAsync(BlobRefKind.Tree, new byte[5000]);
        await calls.StoreAsync(blob, Contents.Whole(new byte[5000]), claim, Token);
        calls.Calls = 0;
        _registry.Register(calls);
        await RefusedAsync(ErrorKind.Unsupported, new BlobResolver(_registry), blob);
        Assert.Equal(0, calls.Calls);
    }

    [Theory]
    [InlineData(AdapterTrust.Foreign, true, true)]
    [InlineData(AdapterTrust.Foreign, false, true)]
    [InlineData(AdapterTrust.Trusted, false, true)]
    [InlineData(AdapterTrust.Trusted, true, false)]
    public async Task What_is_trusted_and_verifies_itself_is_not_hashed_again(AdapterTrust trust, bool verifiesItself, bool isHashed)
    {
        byte[] content = Contents.Fresh(100), wrong = Contents.Fresh(100);
        var callbacks = new BlobCallbacks
        {
            Store = (_, _) => default,
            Fetch = (_, _, _) => new(OwnedBytes.Borrow(wrong)),
            Also = verifiesItself ? AdapterCapabilities.SelfVerifying : AdapterCapabilities.None,
        };
        _registry.Register(new DelegateAdapter(callbacks, new DelegateOptions { Id = "host", Schemes = ["mesh"] }), trust);
        // Wrong bytes are the probe: they come through where nobody hashes, and only there.
        if (isHashed) await RefusedAsync(ErrorKind.ChunkCorrupt, new BlobResolver(_registry), Contents.Small(content));
        else Assert.Equal(wrong, await FetchAsync(new BlobResolver(_registry), Contents.Small(content)));
    }

    [Fact]
    public async Task What_is_too_long_for_memory_is_refused_unread_and_streams()
    {
        byte[] content = Contents.Fresh(5000);
        SmallRef blob = Contents.Small(content);
        var calls = new CountingAdapter(new MemoryAdapter("m", "mesh"));
        await calls.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        calls.Calls = 0;
        _registry.Register(calls, AdapterTrust.Trusted);
        var small = new BlobResolver(_registry, new ResolverOptions { MaxBufferedBytes = 4999 });
        Assert.Equal(
            ErrorKind.LimitExceeded, (await Assert.ThrowsAsync<DatafortsException>(() => small.FetchAsync(blob, Token).AsTask())).Kind);
        Assert.Equal(0, calls.Calls);
    }

    [Fact]
    public async Task A_long_small_of_a_foreign_folder_is_verified_before_its_first_byte()
    {
        using var folder = new Testing.TempFolder();
        using var files = new FileAdapter(new FileAdapterOptions { Root = folder["blobs"] });
        byte[] content = Contents.Fresh(AdapterLimits.AsideMemoryBytes + 1000);
        SmallRef blob = Contents.Small(content, "file");
        await files.StoreAsync(blob, Contents.Whole(content), ClaimOptions.Default, Token);
        _registry.Register(files);
        var resolver = new BlobResolver(_registry, new ResolverOptions { AllowedSchemes = ["file"], AsideFolder = folder.Path });
        await using (Stream stream = await resolver.OpenReadAsync(blob, Token))
        {
            Assert.Equal(content, await Payload.ReadAllAsync(stream));
            stream.Position = 17;
            Assert.Equal(content[17], stream.ReadByte());
        }
        string path = Directory.EnumerateFiles(folder["blobs"], blob.Hash.ToString(), SearchOption.AllDirectories).Single();
        await using (FileStream file = File.OpenWrite(path))
        {
            file.Position = content.Length - 1;
            file.WriteByte((byte)~content[^1]);
        }
        IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(() => resolver.OpenReadAsync(blob, Token).AsTask());
        Assert.Equal(ErrorKind.ChunkCorrupt, error.Kind);
        Assert.Equal(["blobs"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    private BlobResolver Resolver(params string[] schemes) => new(_registry, new ResolverOptions { AllowedSchemes = schemes });

    private static async Task<byte[]> FetchAsync(BlobResolver resolver, BlobRef blob)
    {
        using OwnedBytes bytes = await resolver.FetchAsync(blob, Token);
        return bytes.ToArray();
    }

    private static async Task RefusedAsync(ErrorKind kind, BlobResolver resolver, BlobRef blob)
    {
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(() => resolver.FetchAsync(blob, Token).AsTask())).Kind);
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(() => resolver.OpenReadAsync(blob, Token).AsTask())).Kind);
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(() => resolver.ResolveAsync(blob.Encode(), Token).AsTask())).Kind);
    }
}
