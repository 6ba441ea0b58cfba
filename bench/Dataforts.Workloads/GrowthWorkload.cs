using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Hashing;

namespace Dataforts.Workloads;

/// <summary>What each version of a folder adds to a store, what the chunks cost beside their bytes, and how fast they are cut and hashed.</summary>
internal static class GrowthWorkload
{
    private const int SampleBytes = 256 << 20;
    private const double Million = 1e6;

    // A limit of null is what a put does by itself: one maximum chunk of the profile, at most 4 MiB.
    private static readonly (string Profile, int? SmallKiB)[] Cases =
    [
        ("cdc:4096,16384,65536", null), ("cdc:8192,32768,131072", null),
        ("cdc:8192,65536,262144", null), ("cdc:16384,65536,131072", null), ("cdc:16384,65536,262144", null),
        ("cdc:16384,65536,524288", null), ("cdc:32768,65536,262144", null),
        ("cdc:65536,262144,1048576", null), ("cdc:262144,1048576,4194304", null), ("cdc:1048576,4194304,16777216", null),
        ("stride:4096,16384,65536", null), ("stride:16384,65536,262144", null), ("stride:1048576,4194304,16777216", null),
        ("fixed:65536", null), ("fixed:4194304", null),
        ("cdc:16384,65536,262144", 64), ("cdc:16384,65536,262144", 256), ("cdc:16384,65536,262144", 1024), ("cdc:16384,65536,262144", 4096),
    ];

    public static async Task<int> RunAsync(string[] versions)
    {
        if (versions.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
        {
            Console.Error.WriteLine($"growth: no folder {missing}");
            return 2;
        }
        string[][] files = [.. versions.Select(folder => FilesOf(folder).ToArray())];
        byte[] sample = Sample(files[0]);
        string grown = string.Concat(versions.Skip(1).Select((_, i) => $"{"+ v" + (i + 2),10}"));
        Console.WriteLine("MB = 10^6. index: MB of memory per TB of unique content. GB/s on one thread in memory: cut, cut and hash; path: put from files.");
        Console.WriteLine($"{"profile",-31}{"Small to",9}{"stored v1",11}{grown}{"chunks",9}{"mean KiB",10}"
            + $"{"metadata",10}{"index",8}{"cut",7}{"both",7}{"path",7}");
        foreach ((string text, int? smallKiB) in Cases)
        {
            var profile = ChunkingProfile.Parse(text);
            var analysis = new DedupAnalysis(profile, TimeProvider.System);
            List<DedupForecast> forecasts = [];
            foreach (string[] version in files)
            {
                foreach (string file in version) await AddAsync(analysis, file, smallKiB);
                forecasts.Add(analysis.Finish());
            }
            Print(profile, smallKiB, forecasts, sample);
        }
        return 0;
    }

    private static async Task AddAsync(DedupAnalysis analysis, string path, int? smallKiB)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        BlobShape shape = smallKiB is not { } limit ? BlobShape.Auto : file.Length <= (long)limit << 10 ? BlobShape.Small : BlobShape.Tree;
        await analysis.AddAsync(file, shape);
    }

    private static void Print(ChunkingProfile profile, int? smallKiB, List<DedupForecast> forecasts, byte[] sample)
    {
        DedupForecast first = forecasts[0];
        string limit = smallKiB is { } most ? Text($"{most} KiB") : "-";
        string grown = string.Concat(forecasts.Zip(forecasts.Skip(1), (before, after) => Text($"{(after.UniqueBytes - before.UniqueBytes) / Million,10:F2}")));
        List<int> cuts = [];
        double cut = Best(() => Cut(profile, sample, cuts));
        double hash = Best(() => Hash(sample, cuts));
        double path = first.InputBytes / first.Elapsed.TotalSeconds / 1e9;
        double mean = (double)sample.Length / cuts.Count;
        // Large content: whole chunks, and a node for every 128 of them.
        double index = DedupAnalysis.IndexBytesPerChunk / mean * (1 + (1.0 / 128)) * 1e6;
        Console.WriteLine(Text($"{profile,-31}{limit,9}{first.UniqueBytes / Million,11:F2}{grown}{first.Chunks,9}{mean / 1024,10:F1}")
            + Text($"{first.MetadataBytes / Million,10:F2}{index,8:F0}")
            + (profile.IsContentDefined ? Text($"{sample.Length / cut / 1e9,7:F2}") : Text($"{"-",7}"))
            + Text($"{sample.Length / (cut + hash) / 1e9,7:F2}{path,7:F2}"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Best(Action work) => Enumerable.Range(0, 4).Min(_ => Median.Seconds(work));

    private static IEnumerable<string> FilesOf(string folder)
    {
        var every = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        return Directory.EnumerateFiles(folder, "*", every).Order(StringComparer.Ordinal);
    }

    // As many of the files as fit, evenly from all over the folder, one behind the other.
    private static byte[] Sample(string[] paths)
    {
        long total = paths.Sum(path => new FileInfo(path).Length);
        byte[] sample = new byte[(int)Math.Min(SampleBytes, total)];
        long step = (total + sample.Length - 1) / sample.Length;
        int filled = 0;
        foreach (string path in paths)
        {
            using FileStream file = File.OpenRead(path);
            long share = Math.Min(sample.Length - filled, (file.Length + step - 1) / step);
            file.ReadExactly(sample.AsSpan(filled, (int)share));
            filled += (int)share;
        }
        return sample[..filled];
    }

    private static void Cut(ChunkingProfile profile, ReadOnlySpan<byte> content, List<int> cuts)
    {
        cuts.Clear();
        Chunker chunker = profile.CreateChunker();
        while (!content.IsEmpty)
        {
            cuts.Add(chunker.FindCut(content, isFinal: true));
            content = content[cuts[^1]..];
        }
    }

    private static void Hash(ReadOnlySpan<byte> content, List<int> cuts)
    {
        Span<byte> hash = stackalloc byte[Blake3.HashSizeBytes];
        foreach (int length in cuts)
        {
            Blake3.Hash(content[..length], hash);
            content = content[length..];
        }
    }
}
