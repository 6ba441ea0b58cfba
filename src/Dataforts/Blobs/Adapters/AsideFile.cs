namespace Dataforts.Blobs.Adapters;

/// <summary>A file without a name, gone when it is closed or the process dies: where content waits to be verified.</summary>
internal static class AsideFile
{
    /// <summary>Makes one.</summary>
    /// <param name="folder">Null for the system's folder of such files.</param>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly or Io.</exception>
    public static FileStream Create(string? folder)
    {
        string path = Path.Combine(folder ?? Path.GetTempPath(), $"dataforts-{Guid.NewGuid():N}.aside");
        try
        {
            // Windows takes the name away when the file is closed, the others at once.
            FileOptions gone = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous | gone);
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, "content cannot be verified aside");
        }
    }

    /// <summary>Writes on. The disk's errors are typed here, so that the producer's can be passed on as they are.</summary>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly or Io.</exception>
    public static async ValueTask AppendAsync(Stream aside, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await aside.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, "content cannot be verified aside");
        }
    }
}
