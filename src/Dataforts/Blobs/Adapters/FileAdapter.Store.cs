using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Log;

namespace Dataforts.Blobs.Adapters;

public sealed partial class FileAdapter
{
    private const int WriteBytes = 4 * 1024 * 1024;

    /// <inheritdoc/>
    /// <remarks>Verified while it is written aside, hashed once.</remarks>
    public override async ValueTask<bool> StoreAsync(BlobRef blob, Stream content, ClaimOptions claim, CancellationToken cancellationToken)
    {
        CheckStore(blob, claim, cancellationToken);
        ArgumentNullException.ThrowIfNull(content);
        return (await ReceiveAsync(content, (SmallRef)blob, claim.Durability, cancellationToken).ConfigureAwait(false)).IsNew;
    }

    /// <inheritdoc/>
    /// <remarks>Everything becomes a Small, written as it comes.</remarks>
    public override async ValueTask<PutResult> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        CheckPut(options, cancellationToken);
        if (options.Uri is { } uri) _ = new SmallRef(uri, default, 0);
        (BlobHash hash, long length, bool isNew) = await ReceiveAsync(content, null, options.Durability, cancellationToken).ConfigureAwait(false);
        var blob = new SmallRef(options.Uri ?? ContentCutter.UriOf(Schemes[0], hash), hash, (ulong)length);
        return new PutResult(blob, 1, isNew ? length : 0, isNew ? 0 : length, hash);
    }

    /// <summary>Removes what was left aside by processes that died: files older than <see cref="AdapterLimits.StaleAfter"/>. Runs by itself before
    /// the first store.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> RemoveStaleAsync(CancellationToken cancellationToken = default) => RunAsync(RemoveStale, cancellationToken);

    /// <inheritdoc/>
    protected override async ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var small = (SmallRef)content.Ref;
        return await RunAsync(
            () =>
            {
                if (IsThere(small.Hash, content.Bytes.Length, durability)) return false;
                FileStream file = OpenAside();
                try
                {
                    using (file)
                    {
                        for (int at = 0; at < content.Bytes.Length; at += WriteBytes)
                        {
                            cancellationToken.ThrowIfCancellationRequested();
                            file.Write(content.Bytes.Span.Slice(at, Math.Min(WriteBytes, content.Bytes.Length - at)));
                        }
                        StableStorage.FlushData(file.SafeFileHandle, file.Name);
                    }
                    cancellationToken.ThrowIfCancellationRequested();
                    Publish(file.Name, small.Hash, content.Bytes.Length, durability);
                    return true;
                }
                finally
                {
                    File.Delete(file.Name);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    // Only the disk's part counts as an operation: a slow producer keeps nobody else waiting.
    private async ValueTask<(BlobHash Hash, long Length, bool IsNew)> ReceiveAsync(
        Stream content, SmallRef? claimed, Durability durability, CancellationToken cancellationToken)
    {
        FileStream file = await RunAsync(OpenAside, cancellationToken).ConfigureAwait(false);
        string aside = file.Name;
        try
        {
            (BlobHash hash, long length) = await WriteAsideAsync(content, file, claimed?.SizeBytes, cancellationToken).ConfigureAwait(false);
            if (claimed is not null && hash != claimed.Hash) throw ClaimVerifier.WrongHash(claimed.Hash, hash);
            bool isNew = await RunAsync(
                () =>
                {
                    if (IsThere(hash, length, durability)) return false;
                    Publish(aside, hash, length, durability);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            return (hash, length, isNew);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static async ValueTask<(BlobHash Hash, long Length)> WriteAsideAsync(
        Stream content, FileStream file, ulong? claimed, CancellationToken cancellationToken)
    {
        ulong most = claimed ?? FormatLimits.RefMaxSizeBytes;
        var hasher = new Blake3Hasher();
        ulong length = 0;
        // Not from a pool: a read that was called off may still write into it.
        var block = new byte[BlockBytes];
        await using (file.ConfigureAwait(false))
        {
            while (true)
            {
                int room = (int)Math.Min(BlockBytes, most - length + 1);
                int read = await content.ReadAsync(block.AsMemory(0, room), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                length += (ulong)read;
                if (length > most) throw claimed is null ? OverSmall(length) : ClaimVerifier.Longer(most);
                hasher.Update(block.AsSpan(0, read));
                await AsideFile.AppendAsync(file, block.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            if (claimed is not null && length != most) throw ClaimVerifier.Shorter(most, length);
            await Task.Run(() => Flush(file), cancellationToken).ConfigureAwait(false);
        }
        return (ClaimVerifier.Finish(hasher), (long)length);
    }

    private static void Flush(FileStream file)
    {
        try
        {
            StableStorage.FlushData(file.SafeFileHandle, file.Name);
        }
        catch (IOException error)
        {
            throw DatafortsException.From(error, $"{file.Name} cannot be flushed");
        }
    }

    private bool IsThere(in BlobHash hash, long length, Durability durability)
    {
        if (Find(hash) is not { } file || file.Length != length) return false;
        // Whoever wrote it flushed the file before it had a name, but need not have flushed the folder yet.
        if (durability == Durability.Durable) FlushShard(hash);
        return true;
    }

    private void Publish(string aside, in BlobHash hash, long length, Durability durability)
    {
        string shard = ShardOf(hash);
        ThrowIfLink(new DirectoryInfo(shard));
        Directory.CreateDirectory(shard);
        try
        {
            File.Move(aside, PathOf(hash), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else may have been faster, and readers keep that file from being replaced; it is the same.
            if (Find(hash) is not { } file || file.Length != length) throw;
        }
        if (durability == Durability.Durable) FlushShard(hash);
    }

    private void FlushShard(in BlobHash hash)
    {
        _options.Device.FlushFolder(ShardOf(hash));
        _options.Device.FlushFolder(_root);
    }

    private FileStream OpenAside()
    {
        if (!Volatile.Read(ref _cleaned))
        {
            RemoveStale();
            Volatile.Write(ref _cleaned, true);
        }
        _options.Device.MakeFolder(_root);
        ThrowIfLink(new DirectoryInfo(Aside));
        Directory.CreateDirectory(Aside);
        string path = Path.Combine(Aside, $"{Guid.NewGuid():N}.tmp");
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
    }

    private int RemoveStale()
    {
        var folder = new DirectoryInfo(Aside);
        if (!folder.Exists) return 0;
        ThrowIfLink(folder);
        DateTimeOffset before = _options.Time.GetUtcNow() - AdapterLimits.StaleAfter;
        int count = 0;
        foreach (FileInfo file in folder.EnumerateFiles("*.tmp"))
        {
            if (file.LastWriteTimeUtc >= before) continue;
            file.Delete();
            count++;
        }
        return count;
    }

    private static DatafortsException OverSmall(ulong bytes) =>
        new(ErrorKind.LimitExceeded, $"{bytes} bytes are more than a Small stands for ({FormatLimits.RefMaxSizeBytes})");
}
