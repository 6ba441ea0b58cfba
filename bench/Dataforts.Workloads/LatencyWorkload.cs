using Dataforts.Blobs;
using Dataforts.Chunking;

namespace Dataforts.Workloads;

/// <summary>What the window gains where a chunk takes a millisecond to fetch or store.</summary>
internal static class LatencyWorkload
{
    private const int ChunkBytes = 64 << 10;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    public static async Task RunAsync(Report report, int chunks, int turns)
    {
        byte[] content = new byte[chunks * ChunkBytes];
        new GeneratedStream(content.Length).ReadExactly(content);
        var one = new WindowOptions { MaxChunks = 1 };
        var full = new WindowOptions();
        List<double> putOne = [], putFull = [], getOne = [], getFull = [];
        for (int turn = 0; turn <= turns; turn++)
        {
            (double put, double get) slow = await TurnAsync(content, one), fast = await TurnAsync(content, full);
            if (turn == 0) continue;
            putOne.Add(slow.put);
            getOne.Add(slow.get);
            putFull.Add(fast.put);
            getFull.Add(fast.get);
        }
        Tell("put", putOne, putFull);
        Tell("get", getOne, getFull);

        void Tell(string what, List<double> slow, List<double> fast)
        {
            report.Add($"latency {what}, {chunks} chunks, one by one", Median.Of(slow) * 1000, "ms");
            report.Add($"latency {what}, {chunks} chunks, window {full.MaxChunks}", Median.Of(fast) * 1000, "ms", Median.Of(slow) / Median.Of(fast));
        }
    }

    private static async Task<(double Put, double Get)> TurnAsync(byte[] content, WindowOptions window)
    {
        var chunks = new DelayedChunks(Delay);
        var options = new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(ChunkBytes) };
        PutResult? put = null;
        double putting = await Median.SecondsAsync(async () => put = await new BlobWriter(chunks, null, window).PutAsync(new MemoryStream(content), options));
        byte[] read = [];
        double getting = await Median.SecondsAsync(async () => read = await new BlobReader(chunks, null, window).ReadBytesAsync(put!.Ref));
        if (!content.AsSpan().SequenceEqual(read)) throw new InvalidDataException("what came back is not what was put");
        return (putting, getting);
    }
}
