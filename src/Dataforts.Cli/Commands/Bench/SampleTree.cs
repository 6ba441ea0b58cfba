using System.Globalization;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>A folder of small files of 2 to 64 KiB that look random, a hundred to a folder.</summary>
internal static class SampleTree
{
    private const int FilesPerFolder = 100, LeastBytes = 2 * 1024, MostBytes = 64 * 1024;

    /// <summary>Makes one, the same each time.</summary>
    /// <returns>Bytes in it.</returns>
    public static long Make(string path, int files, CancellationToken cancellationToken)
    {
        var random = new Random(20261122);
        long total = 0;
        using var content = new BenchContent((long)files * MostBytes);
        byte[] bytes = new byte[MostBytes];
        for (int i = 0; i < files; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string folder = Path.Combine(path, (i / FilesPerFolder).ToString("D4", CultureInfo.InvariantCulture));
            if (i % FilesPerFolder == 0) Directory.CreateDirectory(folder);
            int length = random.Next(LeastBytes, MostBytes + 1);
            content.ReadExactly(bytes);
            File.WriteAllBytes(Path.Combine(folder, (i % FilesPerFolder).ToString("D2", CultureInfo.InvariantCulture) + ".bin"), bytes.AsSpan(0, length));
            total += length;
        }
        return total;
    }
}
