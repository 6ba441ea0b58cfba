using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Adapters;

/// <summary>Another adapter, with a count of the calls that reach it.</summary>
internal sealed class CountingAdapter(IBlobAdapter inner) : IBlobAdapter
{
    public int Calls { get; set; }

    public string Id => inner.Id;

    public IReadOnlyList<string> Schemes => inner.Schemes;

    public AdapterCapabilities Capabilities => inner.Capabilities;

    public IChunkSource? Chunks => inner.Chunks;

    private IBlobAdapter Counted
    {
        get
        {
            Calls++;
            return inner;
        }
    }

    public ValueTask<bool> StoreAsync(BlobRef blob, ReadOnlySequence<byte> content, ClaimOptions claim, CancellationToken cancellationToken) =>
        Counted.StoreAsync(blob, content, claim, cancellationToken);

    public ValueTask<bool> StoreAsync(BlobRef blob, Stream content, ClaimOptions claim, CancellationToken cancellationToken) =>
        Counted.StoreAsync(blob, content, claim, cancellationToken);

    public ValueTask<PutResult> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken) =>
        Counted.PutAsync(content, options, cancellationToken);

    public ValueTask<OwnedBytes> FetchAsync(BlobRef blob, BlobRange? range, CancellationToken cancellationToken) =>
        Counted.FetchAsync(blob, range, cancellationToken);

    public ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken) => Counted.OpenReadAsync(blob, cancellationToken);

    public ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken) => Counted.ExistsAsync(blob, cancellationToken);

    public ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken) => Counted.StatAsync(blob, cancellationToken);

    public ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken) => Counted.DeleteAsync(blob, cancellationToken);

    public IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, CancellationToken cancellationToken) => Counted.ListAsync(prefix, cancellationToken);
}
