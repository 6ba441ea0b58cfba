using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Hashing;

namespace Dataforts.Workloads;

/// <summary>Cutting and hashing a file in parallel with reading it, against cutting and then hashing the same bytes in memory on one thread.</summary>
internal static class PipelineWorkload
{
    public static async Task RunAsync(Report report, long length, int turns)
    {
        using var folder = new WorkFolder();
        string path = folder.WriteFile(length);
        byte[] content = File.ReadAllBytes(path);
        foreach ((string name, ChunkingProfile profile) in Profiles.All) await RunAsync(report, name, profile, path, content, turns);
    }

    private static async Task RunAsync(Report report, string name, ChunkingProfile profile, string path, byte[] content, int turns)
    {
        List<Cost> apart = [], piping = [];
        for (int turn = 0; turn <= turns; turn++)
        {
            var cuts = new List<int>();
            Cost cutThenHash = Cost.Of(() =>
            {
                Cut(profile, content, cuts);
                Hash(content, cuts);
            });
            Cost pipe = await Cost.OfAsync(() => PipeAsync(profile, path, cuts));
            if (turn == 0) continue;
            apart.Add(cutThenHash);
            piping.Add(pipe);
        }
        report.Add($"pipeline {name}, against cut then hash, one thread", content.Length, piping, apart);
    }

    private static void Cut(ChunkingProfile profile, ReadOnlySpan<byte> content, List<int> cuts)
    {
        Chunker chunker = profile.CreateChunker();
        while (!content.IsEmpty)
        {
            int length = chunker.FindCut(content, isFinal: true);
            cuts.Add(length);
            content = content[length..];
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

    private static async Task PipeAsync(ChunkingProfile profile, string path, List<int> cuts)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        int chunks = 0;
        await foreach (CutChunk chunk in new ChunkPipeline(profile).RunAsync(file))
        {
            if (chunk.Length != cuts[chunks++]) throw new InvalidDataException($"chunk {chunks} is cut elsewhere");
        }
        if (chunks != cuts.Count) throw new InvalidDataException($"{chunks} chunks instead of {cuts.Count}");
    }
}
