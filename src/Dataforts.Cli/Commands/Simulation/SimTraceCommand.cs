using System.CommandLine;
using System.Globalization;
using System.Text;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Output;
using Dataforts.Simulation.Caching;
using Dataforts.Simulation.Caching.Traces;

namespace Dataforts.Cli.Commands.Simulation;

/// <summary><c>sim trace</c>: writes a made-up trace for <c>sim cache</c>.</summary>
internal sealed class SimTraceCommand : CliCommand
{
    private const long UsualRequests = 1_000_000;
    private const long MostRequests = 1_000_000_000;
    private const int FlushFromChars = 1 << 16;

    private readonly Argument<string> _name = new("GENERATOR") { Description = "What kind of trace." };

    private readonly Option<ulong?> _seed = CliOption.Value(
        "--seed", "N", static text => (ulong?)SimCommand.Seed(text), "Where all chance comes from [default: 1].");

    private readonly Option<long?> _requests = CliOption.Value(
        "--requests",
        "N",
        static text => (long?)Requests(text),
        string.Create(CultureInfo.InvariantCulture, $"How many lines, up to {MostRequests} [default: {UsualRequests}]."));

    private readonly Option<string?> _output = CliOption.Value(
        "--output", "FILE", static text => text, "Where it goes; - is standard output [default: -].", "-o");

    public SimTraceCommand()
        : base("trace", "Make up a trace of requests, one TIME KEY SIZE a line.")
    {
        Add(_name);
        foreach (Option option in (ReadOnlySpan<Option>)[_seed, _requests, _output]) Add(option);
    }

    public override string Details =>
        "GENERATOR is one of these. The same seed and number of requests give the same bytes.\n\n"
        + string.Concat(TraceCatalog.All.Select(generator => $"  {generator.Name,-18}{generator.Purpose}\n"));

    public override IReadOnlyList<CommandExample> Examples =>
        [new("dataforts sim trace zipf-drift --seed 7 --requests 100000 -o t.txt", "Popularity that drifts.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string name = context.Value(_name);
        TraceGenerator generator = TraceCatalog.Find(name) ?? throw CliException.Usage(
            $"there is no generator '{name}'; there are {string.Join(", ", TraceCatalog.All.Select(known => known.Name))}");
        IEnumerable<TraceRequest> lines = generator.Generate(context.Value(_seed) ?? 1, context.Value(_requests) ?? UsualRequests);
        string path = context.Value(_output) ?? "-";
        if (OutputFile.IsStandardOutput(path))
        {
            await WriteAsync(lines, context.Results.Content(), cancellationToken);
            return ExitCode.Ok;
        }
        OutputFile.RefuseFolder(path);
        await using OutputFile file = await OutputFile.CreateAsync(path, 0, cancellationToken);
        await WriteAsync(lines, file.Stream, cancellationToken);
        file.Commit();
        return ExitCode.Ok;
    }

    private static async Task WriteAsync(IEnumerable<TraceRequest> requests, Stream output, CancellationToken cancellationToken)
    {
        var text = new StringBuilder(FlushFromChars + 80);
        foreach (TraceRequest request in requests)
        {
            text.Append(CultureInfo.InvariantCulture, $"{request.Time} {request.Key} {request.SizeBytes}\n");
            if (text.Length < FlushFromChars) continue;
            await output.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), cancellationToken);
            text.Clear();
        }
        await output.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    private static long Requests(string text) => QuantityParsers.Count(text) is <= MostRequests and long count
        ? count
        : throw new FormatException($"'{text}' is above {MostRequests}.");
}
