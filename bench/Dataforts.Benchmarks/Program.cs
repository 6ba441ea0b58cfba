using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Dataforts.Benchmarks.Capabilities;
using Dataforts.Benchmarks.Channels;
using Dataforts.Benchmarks.Chunking;
using Dataforts.Benchmarks.Erasure;
using Dataforts.Benchmarks.Gravity;
using Dataforts.Benchmarks.Greedy;
using Dataforts.Benchmarks.Hashing;
using Dataforts.Benchmarks.Store;

switch (args)
{
    // Ours beside something else, by turns in one process.
    case ["ratios", "blake3", .. string[] rest]:
        return Blake3Ratios.Run(rest);
    case ["ratios", "rs", .. string[] rest]:
        return ErasureRatios.Run(rest);
    case ["ratios", "channels", .. string[] rest]:
        if (rest.Length < 2) _ = await EventRatios.RunAsync(rest);
        return await ChannelRatios.RunAsync(rest);
    case ["ratios", "tags"]:
        return TagRatios.Run();
    case ["ratios", "heat"]:
        return HeatRatios.Run();
    case ["ratios", "cdc"]:
        ChunkingRatios.Run(32 << 20);
        return 0;
    case ["ratios", "cdc", "hot"]:
        ChunkingRatios.Run(1 << 20);
        return 0;
    case ["ratios", "greedy", .. string[] rest]:
        return GreedyRatios.Run(rest);
    case ["dedup", var average, var seeds]:
        ChunkingDedup.Run(int.Parse(average, CultureInfo.InvariantCulture), int.Parse(seeds, CultureInfo.InvariantCulture));
        return 0;
    case ["rates", "index", .. string[] rest]:
        return IndexRates.Run(rest);
    case ["rates", "paged-index", .. string[] rest]:
        return PagedIndexRates.Run(rest);
    // That everything still runs; the figures mean nothing.
    case ["smoke"]:
        ManualConfig once = DefaultConfig.Instance.AddJob(Job.Dry.WithToolchain(InProcessEmitToolchain.Instance));
        bool failed = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(["--filter", "*", "--join"], once)
            .Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
        return failed ? 1 : 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
