using Dataforts.Chunking;
using Dataforts.Workloads;

string[] options = [.. args.Where(argument => argument.StartsWith("--", StringComparison.Ordinal))];
string[] words = [.. args.Except(options)];
if (options.Except(["--json"]).Any()) return Usage();
// A second word is the one profile that is of interest, as ChunkingProfile reads it.
if (words is ["pipeline" or "put" or "get", string only] && ChunkingProfile.TryParse(only, out ChunkingProfile? chosen))
{
    Profiles.All = [(only, chosen)];
    words = words[..1];
}
var report = new Report(options.Contains("--json"));
switch (words)
{
    case ["latency"]:
        await LatencyWorkload.RunAsync(report, chunks: 256, turns: 7);
        return 0;
    case ["pipeline"]:
        await PipelineWorkload.RunAsync(report, 1L << 30, turns: 5);
        return 0;
    case ["put"]:
        await StoreWorkload.PutAsync(report, 1L << 30, turns: 5);
        return 0;
    case ["get"]:
        await StoreWorkload.GetAsync(report, 1L << 30, turns: 5);
        return 0;
    case ["small"]:
        await SmallWorkload.RunAsync(report, count: 4096, turns: 5);
        return 0;
    case ["memory"]:
        return MemoryWorkload.Run(report, 4L << 30);
    case [MemoryWorkload.ChildWord, string step, string profile, string folder, string length]:
        return await MemoryWorkload.RunStepAsync(step, profile, folder, length);
    case ["growth", .. var versions] when versions.Length > 0:
        return await GrowthWorkload.RunAsync(versions);
    case ["smoke"]:
        await LatencyWorkload.RunAsync(report, chunks: 32, turns: 1);
        await PipelineWorkload.RunAsync(report, 16L << 20, turns: 1);
        await StoreWorkload.PutAsync(report, 16L << 20, turns: 1);
        await StoreWorkload.GetAsync(report, 16L << 20, turns: 1);
        await SmallWorkload.RunAsync(report, count: 64, turns: 1);
        return MemoryWorkload.Run(report, 64L << 20);
    default:
        return Usage();
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Dataforts.Workloads WORKLOAD [PROFILE] [--json]
          latency   256 chunks through a source and a sink of 1 ms each: one by one against a window of 16
          pipeline  cutting and hashing a 1 GiB file against doing both on one thread
          put       1 GiB into a fresh store, and once more
          get       1 GiB out of a store, verified
          small     payloads of 64 KiB, one and eight at a time, in and out; durable ones of 4 KiB, 64 at a time
          memory    peak memory of putting and getting a 4 GiB stream, each in a process of its own
          growth    FOLDER…: versions of a folder, one after the other: what each adds under every chunking profile and limit of Smalls
          smoke     each of them, tiny
        """);
    return 2;
}
