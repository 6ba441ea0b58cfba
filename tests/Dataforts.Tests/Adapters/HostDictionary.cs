using System.Collections.Concurrent;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Adapters;

/// <summary>A host's own way to keep blobs: a dictionary, asked through callbacks that wait or that block.</summary>
internal sealed class HostDictionary
{
    private readonly ConcurrentDictionary<(BlobRefKind Kind, BlobHash Hash), byte[]> _blobs = new();
    private readonly ConcurrentDictionary<BlobHash, byte[]> _chunks = new();

    public int Count => _blobs.Count + _chunks.Count;

    /// <summary>Callbacks that wait, with everything a host can offer.</summary>
    public BlobCallbacks Waiting() => new()
    {
        Also = AdapterCapabilities.ChunkedRefs | AdapterCapabilities.Ranges | AdapterCapabilities.Durable,
        Store = async (content, token) =>
        {
            await Task.Delay(1, token);
            Keep(content);
        },
        Fetch = async (blob, range, token) =>
        {
            await Task.Yield();
            token.ThrowIfCancellationRequested();
            if (!_blobs.TryGetValue(Address(blob), out byte[]? bytes)) return null;
            return OwnedBytes.Borrow(range is { } part && part.End <= (ulong)bytes.Length
                ? bytes.AsMemory((int)part.Offset, (int)part.Length)
                : bytes);
        },
        Exists = (blob, _) => new(_blobs.ContainsKey(Address(blob))),
        Delete = (blob, _) => new(_blobs.TryRemove(Address(blob), out byte[]? _)),
        Stat = (blob, _) => new(_blobs.TryGetValue(Address(blob), out byte[]? bytes) ? new AdapterStat((ulong)bytes.Length) : null),
        List = (prefix, _) => _blobs.Where(e => e.Key.Hash.ToString().StartsWith(prefix, StringComparison.Ordinal))
            .Select(e => new AdapterEntry(e.Key.Hash, (ulong)e.Value.Length)).ToAsyncEnumerable(),
        FetchChunk = (hash, _) => new(_chunks.TryGetValue(hash, out byte[]? bytes) ? OwnedBytes.Borrow(bytes) : null),
    };

    /// <summary>The two callbacks without which there is no adapter, blocking.</summary>
    public BlobCallbacks Blocking() => BlobCallbacks.OfBlocking(
        Keep,
        blob => _blobs.TryGetValue(Address(blob), out byte[]? bytes) ? OwnedBytes.Borrow(bytes) : throw new KeyNotFoundException("no such blob"));

    private static (BlobRefKind Kind, BlobHash Hash) Address(BlobRef blob) => (blob.Kind, blob switch
    {
        SmallRef small => small.Hash,
        TreeRef tree => tree.RootHash,
        _ => ManifestAddress.Of((ManifestRef)blob).ChunkHash,
    });

    private void Keep(VerifiedContent content)
    {
        _blobs[Address(content.Ref)] = content.Bytes.ToArray();
        if (content.Ref is SmallRef) return;
        foreach (VerifiedChunk chunk in content.Chunks.Concat(content.Nodes)) _chunks[chunk.Hash] = chunk.Bytes.ToArray();
    }
}
