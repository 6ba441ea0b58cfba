using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>Reads the files of one batch into the store: small ones many at a time, large ones as streams. Looks at each before and after.</summary>
/// <remarks>For one caller at a time. Holds <see cref="TreeLimits.GatheredBytes"/> until it is disposed of.</remarks>
internal sealed class FileIntake(BlobStore blobs, DiskFolder root, DirectoryPutOptions options, ProgressCount count) : IDisposable
{
    private const int StreamShapeBytes = BlobLimits.AutoSmallMaxBytes;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(TreeLimits.GatheredBytes);
    private readonly List<ReadOnlyMemory<byte>> _payloads = [];
    private readonly List<(int Index, byte[] Path, DiskNode Node)> _gathered = [];
    private int _used;

    /// <summary>Bytes that were not in the store before.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Files that would not stay as they were, if such are kept.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Takes one file in; its entry may come only with <see cref="FlushAsync"/>.</summary>
    /// <exception cref="DatafortsException">FileChanged; Io and the like, naming the file.</exception>
    public async ValueTask TakeAsync(int index, byte[] path, DirectoryEntry?[] entries, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using DiskFile file = root.OpenFile(path);
                DiskNode before = file.Stat();
                if (before.Kind != DiskNodeKind.File) throw Changing(path, "is no regular file any more");
                bool isLast = attempt == TreeLimits.ReadAttempts;
                if (await TakeOnceAsync(index, path, file, before, isLast, entries, cancellationToken).ConfigureAwait(false)) return;
                if (!isLast) continue;
                if (!options.KeepChanged) throw Changing(path, $"changed while it was read, {attempt} times");
                Changed.Add(PathText.Of(path));
                return;
            }
            catch (Exception error) when (DiskFault.IsKnown(error))
            {
                if (DiskFault.IsMissing(error)) throw Changing(path, "is gone since it was listed");
                if (DiskFault.IsLink(error)) throw Changing(path, "or a folder above it became a link since it was listed");
                throw DatafortsException.From(error, $"cannot read '{PathText.Of(path)}'");
            }
        }
    }

    /// <summary>Stores what was gathered.</summary>
    public async ValueTask FlushAsync(DirectoryEntry?[] entries, CancellationToken cancellationToken)
    {
        if (_payloads.Count == 0) return;
        PutResult[] results = await blobs.PutManyAsync(_payloads, PlainPut, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < results.Length; i++) Finish(_gathered[i].Index, _gathered[i].Path, _gathered[i].Node, results[i], entries);
        count.Add(results.Length, _used, _gathered[^1].Path);
        _payloads.Clear();
        _gathered.Clear();
        _used = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private PutOptions PlainPut =>
        options.Version == ManifestForm.Shared ? new PutOptions { Shape = BlobShape.Small, IsPart = true } : new PutOptions { IsPart = true };

    /// <returns>Whether the file was the same before and after.</returns>
    private async ValueTask<bool> TakeOnceAsync(
        int index, byte[] path, DiskFile file, DiskNode before, bool isLast, DirectoryEntry?[] entries, CancellationToken cancellationToken)
    {
        if (before.SizeBytes > TreeLimits.GatheredFileBytes)
            return await StreamAsync(index, path, file, before, isLast, entries, cancellationToken).ConfigureAwait(false);
        int length = (int)before.SizeBytes;
        if (_used + length > TreeLimits.GatheredBytes) await FlushAsync(entries, cancellationToken).ConfigureAwait(false);
        int read = 0;
        while (read < length && file.Read(_buffer.AsSpan(_used + read, length - read), read) is > 0 and int got) read += got;
        bool isSame = read == length && file.Stat() == before;
        if (!isSame && !(isLast && options.KeepChanged)) return false;
        _payloads.Add(_buffer.AsMemory(_used, read));
        _gathered.Add((index, path, before));
        _used += read;
        return isSame;
    }

    private async ValueTask<bool> StreamAsync(
        int index, byte[] path, DiskFile file, DiskNode before, bool isLast, DirectoryEntry?[] entries, CancellationToken cancellationToken)
    {
        BlobShape shape = options.Version != ManifestForm.Shared ? BlobShape.Auto
            : before.SizeBytes > StreamShapeBytes ? BlobShape.Manifest : BlobShape.Small;
        if (shape == BlobShape.Manifest && (ulong)before.SizeBytes > FormatLimits.RefMaxSizeBytes)
            throw new DatafortsException(ErrorKind.LimitExceeded, $"'{PathText.Of(path)}' is above the 16 GiB that a ref of the shared form can have");
        var stream = new DiskFileStream(file);
        await using (stream.ConfigureAwait(false))
        {
            var progress = new StreamedBytes(count, path);
            PutResult result = await blobs.PutAsync(stream, new PutOptions { Shape = shape, IsPart = true }, progress, cancellationToken).ConfigureAwait(false);
            bool isSame = stream.Position == before.SizeBytes && file.Stat() == before;
            if (!isSame && !(isLast && options.KeepChanged))
            {
                count.Add(0, -progress.Told, path);
                return false;
            }
            count.Add(1, stream.Position - progress.Told, path);
            Finish(index, path, before, result, entries);
            return isSame;
        }
    }

    private void Finish(int index, byte[] path, DiskNode node, PutResult result, DirectoryEntry?[] entries)
    {
        StoredBytes += result.StoredBytes;
        entries[index] = DirectoryEntry.File(path, result.Ref, node.Mode, options.RecordTimes ? node.ModifiedAtNs : null);
    }

    private static DatafortsException Changing(byte[] path, string how) => new(ErrorKind.FileChanged, $"'{PathText.Of(path)}' {how}");

    /// <summary>Hands on how far one large file is.</summary>
    private sealed class StreamedBytes(ProgressCount count, byte[] path) : IProgress<BlobProgress>
    {
        private long _told;

        public long Told => Interlocked.Read(ref _told);

        public void Report(BlobProgress value)
        {
            long before = Interlocked.Exchange(ref _told, value.BytesDone);
            count.Add(0, value.BytesDone - before, path);
        }
    }
}
