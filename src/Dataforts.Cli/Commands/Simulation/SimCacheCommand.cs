using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Greedy.Eviction;
using Dataforts.Simulation.Caching;

namespace Dataforts.Cli.Commands.Simulation;

/// <summary><c>sim cache</c>: replays a trace of requests against caches.</summary>
internal sealed class SimCacheCommand : CliCommand
{
    private static readonly string[] Usual = [EvictionPolicies.Default, "lru", "fifo", TraceReplay.Belady];

    private readonly Option<string?> _trace = CliOption.Value(
        "--trace", "FILE|-", static text => text, "One request a line, TIME KEY SIZE; - for standard input.");

    private readonly Option<long[]?> _capacity = CliOption.Value(
        "--capacity", "BYTES[,BYTES…]", static text => (long[]?)CacheListArguments.Capacities(text), "How much the caches hold; 64MiB is understood too.");

    private readonly Option<string[]?> _policy = CliOption.Value(
        "--policy",
        "NAME[,NAME…]",
        static text => (string[]?)CacheListArguments.Policies(text),
        $"What decides: {string.Join(", ", TraceReplay.Policies)} [default: {string.Join(',', Usual)}].");

    public SimCacheCommand()
        : base("cache", "Replay a trace of requests against caches, and print hit ratios.")
    {
        _trace.Required = true;
        _capacity.Required = true;
        foreach (Option option in (ReadOnlySpan<Option>)[_trace, _capacity, _policy]) Add(option);
    }

    public override string Details => """
        A line is TIME KEY SIZE: three unsigned 64-bit numbers, SIZE in bytes; TIME is not looked at. A key whose size changed is a miss and
        replaced; a size above the capacity is a miss and never held; a size of 0 is an entry like any other. Ratios are over all requests. The
        trace is streamed, and all caches are fed in one pass.

        default is what a node uses. belady knows the future and reads the trace twice, so not from standard input; it takes 4 bytes a request.
        For equal sizes it is Belady's optimum; for mixed sizes, where the optimum is out of reach, the entry with the most bytes times requests
        until its next use goes first, a newcomer included: a good approximation for the hit ratio, and no bound for the byte-hit ratio.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts sim cache --trace cdn.txt --capacity 1GiB,8GiB", "What a node would hit, beside LRU, FIFO and the optimum."),
        new("zcat t.gz | dataforts --json sim cache --trace - --capacity 64MiB --policy default,lru", "Replay a stream."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string path = context.Value(_trace)!;
        bool canBeReadTwice = path != "-" && !FileKind.IsSpecial(path);
        string[] policies = context.Value(_policy) ?? (canBeReadTwice ? Usual : [.. Usual.Where(name => name != TraceReplay.Belady)]);
        var replay = new TraceReplay();
        foreach (long capacity in context.Value(_capacity)!)
        {
            foreach (string policy in policies) replay.Add(policy, capacity);
        }
        if (replay.LooksAhead && !canBeReadTwice) throw CliException.Usage($"{TraceReplay.Belady} reads the trace twice, and '{path}' can be read once");
        if (replay.LooksAhead) await ReadAsync(context, path, "looking ahead", replay.LookAheadAsync, cancellationToken);
        await ReadAsync(context, path, "replaying", replay.RunAsync, cancellationToken);
        if (!context.Json) context.Results.Line($"{"policy",-10}{"capacity",16}{"requests",12}{"hits",12}{"hit ratio",11}{"byte hits",11}{"evictions",12}");
        foreach (ReplayResult result in replay.Results()) Write(context, result);
        return ExitCode.Ok;
    }

    private static async Task ReadAsync(
        CommandContext context,
        string path,
        string title,
        Func<Stream, IProgress<long>?, CancellationToken, Task> read,
        CancellationToken cancellationToken)
    {
        using InputSource input = await context.OpenInputAsync(path, cancellationToken);
        await using var content = new InputStream(input);
        await context.Progress.RunAsync(title, input.LengthBytes, async (progress, cancelled) =>
        {
            await read(content, progress, cancelled);
            return ExitCode.Ok;
        }, cancellationToken);
    }

    private static void Write(CommandContext context, ReplayResult result)
    {
        if (!context.Json)
        {
            string cache = string.Create(CultureInfo.InvariantCulture, $"{result.Policy,-10}{result.CapacityBytes,16}{result.Requests,12}{result.Hits,12}");
            string outcome = string.Create(CultureInfo.InvariantCulture, $"{result.HitRatio,11:F4}{result.ByteHitRatio,11:F4}{result.Evictions,12}");
            context.Results.Line(cache + outcome);
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("policy"u8, result.Policy);
        if (result.Policy == EvictionPolicies.Default) json.WriteString("implementation"u8, result.Implementation);
        json.WriteUInt64("capacityBytes"u8, (ulong)result.CapacityBytes);
        json.WriteNumber("requests"u8, result.Requests);
        json.WriteNumber("hits"u8, result.Hits);
        json.WriteNumber("hitRatio"u8, result.HitRatio);
        json.WriteNumber("byteHitRatio"u8, result.ByteHitRatio);
        json.WriteNumber("evictions"u8, result.Evictions);
        context.Results.EndObject();
    }
}
