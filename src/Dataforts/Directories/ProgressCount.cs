using System.Text;

namespace Dataforts.Directories;

/// <summary>Adds up from many threads what is done, and tells of it.</summary>
internal sealed class ProgressCount(IProgress<DirectoryProgress>? progress, TimeProvider time, long? totalFiles, long? totalBytes)
{
    private readonly long _start = time.GetTimestamp();
    private long _files;
    private long _bytes;

    public void Add(int files, long bytes, ReadOnlyMemory<byte> current)
    {
        long filesDone = Interlocked.Add(ref _files, files), bytesDone = Interlocked.Add(ref _bytes, bytes);
        if (progress is null) return;
        double seconds = time.GetElapsedTime(_start).TotalSeconds;
        progress.Report(new DirectoryProgress(
            filesDone, totalFiles, bytesDone, totalBytes, seconds > 0 ? bytesDone / seconds : 0, Encoding.UTF8.GetString(current.Span)));
    }
}
