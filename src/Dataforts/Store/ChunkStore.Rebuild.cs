using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    /// <summary>Makes what is derived anew from the log: the checkpoint, the hint files, the index of names, and where it is damaged the store's own
    /// header. Every byte of the log is verified; what is damaged is given up and told in <see cref="StoreInfo.GivenUp"/>, whole records stay.</summary>
    /// <param name="options">Where the store is. Its profile and segment size are taken only when the store's own cannot be read.</param>
    /// <param name="cancellationToken">Ends the rebuild; it can be begun again.</param>
    /// <exception cref="DatafortsException">As <see cref="OpenAsync"/>.</exception>
    public static async Task<StoreInfo> RebuildAsync(StoreOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<ulong> segments = SegmentFile.List(System.IO.Path.Combine(options.Path, LogFolder));
        if (segments.Count == 0) ThrowIfMissing(options.Path);
        StoreOptions writer = options with { Writable = true, CreateIfMissing = false };
        var lost = new List<string>();
        try
        {
            using WriterLock claim = await WriterLock.AcquireAsync(options.Path, options.LockTimeout, options.Time, cancellationToken).ConfigureAwait(false);
            StoreHeader header = LoadOrRemake(options, segments, lost);
            // A checkpoint that vouches for nothing has the next writer verify everything.
            new Checkpoint(header.StoreId, 0, false, StableStorage.BootId(), default, [])
                .Save(options.Device, options.Path, options.Time.GetUtcNow().ToUnixTimeMilliseconds());
            RootIndex.Delete(options.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the store at {options.Path} cannot be rebuilt");
        }
        ChunkStore store = await OpenAsync(writer, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            _ = store.Roots();
            await store.FlushAsync(cancellationToken).ConfigureAwait(false);
            StoreInfo info = store.Info;
            return info with { GivenUp = [.. lost, .. info.GivenUp] };
        }
    }

    // Who the store is, every segment knows; how it cuts and how long its segments are, only the header did.
    private static StoreHeader LoadOrRemake(StoreOptions options, List<ulong> segments, List<string> lost)
    {
        try
        {
            return StoreHeader.Load(options.Device, options.Path);
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            if (FindStoreId(options, segments) is not { } id) throw;
            var header = new StoreHeader(id, options.Time.GetUtcNow().ToUnixTimeMilliseconds(), options.Profile, options.SegmentBytes);
            header.Save(options.Device, options.Path);
            lost.Add($"{error.Message}; made again with the profile {options.Profile} and segments of {options.SegmentBytes} bytes");
            return header;
        }
    }

    private static Guid? FindStoreId(StoreOptions options, List<ulong> segments)
    {
        var bytes = new byte[FileHeader.SizeBytes];
        foreach (ulong id in segments)
        {
            string path = SegmentFile.PathOf(System.IO.Path.Combine(options.Path, LogFolder), id);
            using StorageFile file = options.Device.Open(path, writable: false);
            int read = file.ReadFully(bytes, 0);
            try
            {
                return FileHeader.Read(bytes.AsSpan(0, read), FileHeader.SegmentMagic, path).StoreId;
            }
            catch (DatafortsException)
            {
                // The next one may say.
            }
        }
        return null;
    }
}
