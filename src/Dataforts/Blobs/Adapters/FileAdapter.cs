using System.Runtime.CompilerServices;
using Dataforts.Content;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Blobs.Adapters;

/// <summary>Smalls as plain files, scheme <c>file</c>: <c>root/xx/hash</c>, where xx are the first two digits. Anyone can look at them, and
/// <c>b3sum</c> of a file gives its name.</summary>
/// <remarks>
/// <para>Thread-safe, and safe beside other processes on the same folder. A file appears whole under its name: it is written in <c>root/aside</c>,
/// flushed, and renamed; with <see cref="Durability.Durable"/> its folder is flushed as well. What a process that died left aside goes after a day.</para>
/// <para>Others may change the files, so what is read is not believed: the adapter does not call itself self-verifying. A blob that is there
/// with the right length is not written again, so one whose bytes were changed has to be deleted before it is stored anew.</para>
/// <para>Nothing is reached through a link inside the folder. That guards against mistakes: whoever may write there can still change a
/// folder between the look and the use.</para>
/// </remarks>
public sealed partial class FileAdapter : BlobAdapter, IDisposable
{
    private const string AsideName = "aside";
    private const int BlockBytes = 64 * 1024;

    private const AdapterCapabilities Can = AdapterCapabilities.Keeps | AdapterCapabilities.Ranges | AdapterCapabilities.Streams
        | AdapterCapabilities.Delete | AdapterCapabilities.List | AdapterCapabilities.StatDetail | AdapterCapabilities.Durable;

    private readonly FileAdapterOptions _options;
    private readonly SemaphoreSlim _operations;
    private readonly string _root;
    private bool _cleaned;

    /// <summary>Makes one; nothing is touched yet.</summary>
    public FileAdapter(FileAdapterOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Id, Can, "file")
    {
        ArgumentException.ThrowIfNullOrEmpty(options.Root);
        _options = options;
        _operations = new SemaphoreSlim(options.MaxOperations);
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Root));
    }

    private string Aside => Path.Combine(_root, AsideName);

    /// <inheritdoc/>
    public override async ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        var small = (SmallRef)blob;
        return await RunAsync<Stream>(() => new ExactStream(new FileStream(Open(small), FileAccess.Read, BlockBytes), small), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return await RunAsync(() => Find(((SmallRef)blob).Hash) is not null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return await RunAsync(
            () => Find(((SmallRef)blob).Hash) is { } file ? new AdapterStat((ulong)file.Length, file.LastWriteTimeUtc) : throw NotFound(blob),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return await RunAsync(
            () =>
            {
                if (Find(((SmallRef)blob).Hash) is not { } file) return false;
                file.Delete();
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>One folder of 256 is read at a time.</remarks>
    public override async IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        for (int number = 0; number < 256; number++)
        {
            string name = Hex.Format([(byte)number]);
            int common = Math.Min(prefix.Length, name.Length);
            if (!name.AsSpan(0, common).SequenceEqual(prefix.AsSpan(0, common))) continue;
            List<AdapterEntry> entries = await RunAsync(() => ListShard((byte)number, prefix), cancellationToken).ConfigureAwait(false);
            foreach (AdapterEntry entry in entries) yield return entry;
        }
    }

    /// <summary>Waits for nothing: calls under way must have ended.</summary>
    public void Dispose() => _operations.Dispose();

    /// <inheritdoc/>
    protected override async ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken)
    {
        await _operations.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using SafeFileHandle file = await Task.Run(() => Open((SmallRef)blob), cancellationToken).ConfigureAwait(false);
            return await FileReading.ReadAsync(file, ((SmallRef)blob).Hash, (long)range.Offset, (long)range.Length, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the blob {blob} cannot be read");
        }
        finally
        {
            _operations.Release();
        }
    }

    private List<AdapterEntry> ListShard(byte number, string prefix)
    {
        var entries = new List<AdapterEntry>();
        var folder = new DirectoryInfo(Path.Combine(_root, Hex.Format([number])));
        if (!folder.Exists) return entries;
        ThrowIfLink(folder);
        foreach (FileInfo file in folder.EnumerateFiles())
        {
            if (file.LinkTarget is not null || !BlobHash.TryParse(file.Name, out BlobHash hash)) continue;
            if (hash.Span[0] == number && file.Name == hash.ToString() && HexPrefix.Matches(hash, prefix))
                entries.Add(new AdapterEntry(hash, (ulong)file.Length, file.LastWriteTimeUtc));
        }
        return entries;
    }

    private string ShardOf(in BlobHash hash) => Path.Combine(_root, Hex.Format(hash.Span[..1]));

    private string PathOf(in BlobHash hash) => Path.Combine(ShardOf(hash), hash.ToString());

    /// <summary>The blob's file; null when there is none.</summary>
    private FileInfo? Find(in BlobHash hash)
    {
        var file = new FileInfo(PathOf(hash));
        ThrowIfLink(file.Directory!);
        ThrowIfLink(file);
        return file.Exists ? file : null;
    }

    private SafeFileHandle Open(SmallRef small)
    {
        if (Find(small.Hash) is not { } found) throw NotFound(small);
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(found.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotFound(small);
        }
        long length = RandomAccess.GetLength(file);
        if ((ulong)length == small.SizeBytes) return file;
        file.Dispose();
        throw IntegrityException.Length(small.Hash, checked((long)small.SizeBytes), length);
    }

    private void ThrowIfLink(FileSystemInfo entry)
    {
        if (entry.LinkTarget is not null)
            throw new DatafortsException(ErrorKind.StoreDamaged, $"{entry.FullName} is a link, which may lead out of the folder of the adapter \"{Id}\"");
    }

    // All file work runs on the pool, so that a slow disk holds up no caller, and as much of it at once as the options say.
    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _operations.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the folder {_root}");
        }
        finally
        {
            _operations.Release();
        }
    }
}
