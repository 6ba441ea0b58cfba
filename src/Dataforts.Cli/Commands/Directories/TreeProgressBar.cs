using System.Globalization;
using Dataforts.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary>Hands the library's progress on to the bar, a few times a second.</summary>
internal sealed class TreeProgressBar(Action<long, long?, string> bar, TimeProvider time) : IProgress<DirectoryProgress>
{
    private const int ShownCharacters = 40;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);
    private long _shownAt;

    public void Report(DirectoryProgress value)
    {
        long last = Volatile.Read(ref _shownAt);
        if (last != 0 && time.GetElapsedTime(last) < Every) return;
        if (Interlocked.CompareExchange(ref _shownAt, time.GetTimestamp(), last) != last) return;
        string files = value.TotalFiles is { } total
            ? string.Create(CultureInfo.InvariantCulture, $"{value.FilesDone}/{total} files")
            : string.Create(CultureInfo.InvariantCulture, $"{value.FilesDone} files");
        string current = value.Current.Length <= ShownCharacters ? value.Current : "…" + value.Current[^ShownCharacters..];
        bar(value.BytesDone, value.TotalBytes, $"{files}  {current}");
    }
}
