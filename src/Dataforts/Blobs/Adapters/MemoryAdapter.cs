using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>Blobs in this process's memory, gone with it: for tests, caches of a few hot blobs, and programs that never need a disk.</summary>
/// <remarks>Thread-safe. Content is copied once when it is stored and handed out without a copy; it was verified on its way in, and
/// nobody else reaches it. Each blob is kept whole; blobs share no chunks.</remarks>
public sealed class MemoryAdapter : BlobAdapter
{
    private readonly ConcurrentDictionary<(BlobRefKind Kind, BlobHash Hash), Kept> _blobs = new();
    private readonly TimeProvider _time;
    private long _bytes;

    /// <summary>Makes an empty one.</summary>
    /// <param name="id">What it is registered under.</param>
    /// <param name="scheme">The scheme it takes.</param>
    /// <param name="capacityBytes">The most content it keeps; beyond it stores are refused as NoSpace.</param>
    /// <param name="time">The clock of <see cref="AdapterStat.StoredAt"/>.</param>
    public MemoryAdapter(string id = "memory", string scheme = "memory", long capacityBytes = long.MaxValue, TimeProvider? time = null)
        : base(id, Can, scheme)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytes);
        CapacityBytes = capacityBytes;
        _time = time ?? TimeProvider.System;
    }

    private const AdapterCapabilities Can = AdapterCapabilities.Keeps | AdapterCapabilities.ChunkedRefs | AdapterCapabilities.Ranges
        | AdapterCapabilities.SelfVerifying | AdapterCapabilities.Delete | AdapterCapabilities.List | AdapterCapabilities.StatDetail;

    /// <summary>The most content it keeps.</summary>
    public long CapacityBytes { get; }

    /// <summary>The content it keeps.</summary>
    public long SizeBytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public override ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return new(_blobs.ContainsKey(KeyOf(blob)));
    }

    /// <inheritdoc/>
    public override ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return _blobs.TryGetValue(KeyOf(blob), out Kept? kept)
            ? new(new AdapterStat((ulong)kept.Bytes.Length, kept.StoredAt))
            : throw NotFound(blob);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        bool removed = _blobs.TryRemove(KeyOf(blob), out Kept? kept);
        if (removed) Interlocked.Add(ref _bytes, -kept!.Bytes.Length);
        return new(removed);
    }

#pragma warning disable CS1998 // nothing to await: all is in memory
    /// <inheritdoc/>
    public override async IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        foreach (((_, BlobHash hash), Kept kept) in _blobs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (HexPrefix.Matches(hash, prefix)) yield return new AdapterEntry(hash, (ulong)kept.Bytes.Length, kept.StoredAt);
        }
    }
#pragma warning restore CS1998

    /// <inheritdoc/>
    protected override ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        (BlobRefKind, BlobHash) key = KeyOf(content.Ref);
        if (_blobs.ContainsKey(key)) return new(false);
        Reserve(content.Bytes.Length);
        if (_blobs.TryAdd(key, new Kept(content.Bytes.ToArray(), content.Ref, _time.GetUtcNow()))) return new(true);
        Interlocked.Add(ref _bytes, -content.Bytes.Length);
        return new(false);
    }

    /// <inheritdoc/>
    protected override ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken)
    {
        if (!_blobs.TryGetValue(KeyOf(blob), out Kept? kept)) throw NotFound(blob);
        ThrowIfOther(blob, kept.Ref);
        return new(OwnedBytes.Borrow(kept.Bytes.AsMemory((int)range.Offset, (int)range.Length)));
    }

    // One address, two refs: a ref that declares other measures than those that were verified is wrong, whoever made it.
    private static void ThrowIfOther(BlobRef wanted, BlobRef kept)
    {
        if (wanted.SizeBytes != kept.SizeBytes)
            throw IntegrityException.Length(ClaimVerifier.AddressOf(wanted), checked((long)wanted.SizeBytes), (long)kept.SizeBytes);
        if (wanted is TreeRef tree && tree.Depth != ((TreeRef)kept).Depth)
            throw IntegrityException.Node(tree.RootHash, $"it is the root of a tree of depth {((TreeRef)kept).Depth}, not {tree.Depth}");
    }

    private void Reserve(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= CapacityBytes) return;
        Interlocked.Add(ref _bytes, -bytes);
        throw new DatafortsException(ErrorKind.NoSpace, $"{bytes} bytes more do not fit the CapacityBytes ({CapacityBytes}) of the adapter \"{Id}\"");
    }

    // Where a blob is said to be is no part of what it is, so a Manifest's URI is left out of its address.
    private static (BlobRefKind Kind, BlobHash Hash) KeyOf(BlobRef blob) => (blob.Kind, blob is ManifestRef manifest
        ? ManifestAddress.Of(new ManifestRef("", manifest.Encoding, manifest.Chunks)).ChunkHash
        : ClaimVerifier.AddressOf(blob));

    private sealed record Kept(byte[] Bytes, BlobRef Ref, DateTimeOffset StoredAt);
}
