using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Adapters;

/// <summary>Another adapter that goes wrong at the calls it is told to, counted from 1 over everything that is read.</summary>
internal sealed class FaultyAdapter(IBlobAdapter inner, Fault fault, int from, int until = int.MaxValue) : IBlobAdapter, IChunkSource
{
    private int _calls;

    public int Calls => _calls;

    /// <summary>Counts from 1 again.</summary>
    public void Reset() => _calls = 0;

    /// <summary>How many buffers that were handed out have not come back.</summary>
    public int Outstanding;

    public string Id => inner.Id;

    public IReadOnlyList<string> Schemes => inner.Schemes;

    public AdapterCapabilities Capabilities => inner.Capabilities;

    public IChunkSource? Chunks => inner.Chunks is null ? null : this;

    public ValueTask<bool> StoreAsync(BlobRef blob, ReadOnlySequence<byte> content, ClaimOptions claim, CancellationToken cancellationToken) =>
        inner.StoreAsync(blob, content, claim, cancellationToken);

    public ValueTask<bool> StoreAsync(BlobRef blob, Stream content, ClaimOptions claim, CancellationToken cancellationToken) =>
        inner.StoreAsync(blob, content, claim, cancellationToken);

    public ValueTask<PutResult> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken) =>
        inner.PutAsync(content, options, cancellationToken);

    public async ValueTask<OwnedBytes> FetchAsync(BlobRef blob, BlobRange? range, CancellationToken cancellationToken)
    {
        byte[]? spoilt = await SpoilAsync(async () =>
        {
            using OwnedBytes sound = await inner.FetchAsync(blob, range, cancellationToken);
            return sound.ToArray();
        });
        if (spoilt is null) throw new DatafortsException(ErrorKind.BlobNotFound, "not there");
        Interlocked.Increment(ref Outstanding);
        return OwnedBytes.Lend(spoilt, () => Interlocked.Decrement(ref Outstanding));
    }

    public async ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        byte[]? spoilt = await SpoilAsync(async () =>
        {
            await using Stream sound = await inner.OpenReadAsync(blob, cancellationToken);
            return await Blobs.Payload.ReadAllAsync(sound);
        });
        return spoilt is null ? throw new DatafortsException(ErrorKind.BlobNotFound, "not there") : new MemoryStream(spoilt);
    }

    public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        byte[]? spoilt = await SpoilAsync(async () =>
        {
            using ChunkBuffer? sound = await inner.Chunks!.FetchAsync(hash, maxBytes, cancellationToken);
            return sound?.Memory.ToArray() ?? [];
        });
        return spoilt is null ? null : ChunkBuffer.CopyOf(spoilt);
    }

    public ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken) => inner.ExistsAsync(blob, cancellationToken);

    public ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken) => inner.StatAsync(blob, cancellationToken);

    public ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken) => inner.DeleteAsync(blob, cancellationToken);

    public IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    private async Task<byte[]?> SpoilAsync(Func<Task<byte[]>> read)
    {
        int call = Interlocked.Increment(ref _calls);
        if (call < from || call >= until) return await read();
        if (fault == Fault.Fails) throw new DatafortsException(ErrorKind.Transient, "the line is down");
        if (fault == Fault.IsLate)
            for (int i = 0; i < 20; i++) await Task.Yield();
        byte[] bytes = await read();
        switch (fault)
        {
            case Fault.IsAbsent:
                return null;
            case Fault.IsShort:
                return bytes[..^1];
            case Fault.IsLong:
                return [.. bytes, 0];
            case Fault.IsEmpty:
                return [];
            case Fault.IsAnother:
                return Contents.Fresh(bytes.Length);
            case Fault.IsFlipped:
                bytes[call * 31 % bytes.Length] ^= 1;
                return bytes;
            default:
                return bytes;
        }
    }
}
