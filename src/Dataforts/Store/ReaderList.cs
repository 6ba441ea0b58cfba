using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>What this process has read of a store that another may write; see <see cref="ReaderFolder"/>. Where the folder cannot be written, as on
/// a read-only file system, or no writer has made it yet, nothing is said and nothing fails.</summary>
/// <remarks>Thread-safe. What was read once stays listed until the store is closed.</remarks>
internal sealed class ReaderList(string store) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<(BlobRef, RootReach)> _listed = [];
    private FileStream? _file;
    private bool _ended;

    /// <summary>Says that a ref is read, before it is.</summary>
    public void Add(BlobRef blob, RootReach reach)
    {
        lock (_gate)
        {
            if (_ended || !_listed.Add((blob, reach))) return;
            try
            {
                using FileStream gate = ReaderFolder.Enter(store, alone: false);
                // Held shared, so that others may read it; who asks for it alone learns that its reader lives.
                _file ??= new FileStream(
                    Path.Combine(ReaderFolder.PathIn(store), $"{Guid.NewGuid():N}{ReaderFolder.Extension}"), FileMode.CreateNew, FileAccess.ReadWrite,
                    FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                _file.Write(ReaderFolder.Encode(blob, reach));
            }
            catch (Exception error) when (_file is null && error is DirectoryNotFoundException or FileNotFoundException)
            {
                // No writer has made the folder yet; the next read finds it.
                _listed.Remove((blob, reach));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _ended = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            if (_file is not { } file) return;
            _file = null;
            file.Dispose();
            TryDelete(file.Name);
        }
    }

    // A collector does it where this cannot.
    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
