using System.CommandLine;
using System.Globalization;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands.Bench;

/// <summary><c>bench</c>: what the store reaches on this machine, beside what the machine allows.</summary>
internal sealed class BenchCommand : CliCommand
{
    private const long LeastBytes = 1 << 20;
    private const long QuickBytes = 8 << 20;
    private const int Turns = 5;

    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "What to measure; all when none is named.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _dir = CliOption.Value(
        "--dir", "DIR", static text => text, "An existing folder, in which a folder of its own is made and removed [default: the temporary one].");

    private readonly Option<long?> _size = CliOption.Value(
        "--size",
        "BYTES",
        static text => (long?)Size(text),
        "How large 1g is, 1MiB to 1GiB; everything shrinks with it [default: 1GiB].");

    private readonly Option<long?> _turns = CliOption.Value(
        "--turns", "N", static text => (long?)Count(text), string.Create(CultureInfo.InvariantCulture, $"How often to measure, 1 to 99 [default: {Turns}]."));

    private readonly Option<bool> _quick = CliOption.Flag("--quick", "One turn on 8 MiB: whether it runs, not how fast.");

    public BenchCommand()
        : base("bench", "Measure the store on this machine, beside what the machine allows.")
    {
        Add(_names);
        foreach (Option option in (ReadOnlySpan<Option>)[_dir, _size, _turns, _quick]) Add(option);
    }

    public override string Details =>
        "Every figure is the median of several turns, in each of which the machine's limit is measured too; the ratio is figure over limit. With\n"
        + "all of it at full size this takes some minutes, 3 GiB of memory and 18 GiB of the device; nothing is left behind.\n\n"
        + string.Concat(BenchList.All.Select(measurement => $"  {measurement.Name,-18}{measurement.What}\n"));

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts bench put-1g get-1g", "Measure putting and getting a file of 1 GiB."),
        new("dataforts bench --size 256MiB --dir /data", "Measure everything, a quarter as large, on the device of a folder."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Measurement> chosen = BenchList.Choose(context.Value(_names));
        bool quick = context.Value(_quick);
        string parent = context.Value(_dir) is { } typed ? Path.GetFullPath(typed) : Path.GetTempPath();
        if (!Directory.Exists(parent)) throw CliException.PathNotFound(parent);
        string folder = Path.Combine(parent, $"dataforts-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            var run = new BenchRun(
                folder,
                context.Value(_size) ?? (quick ? QuickBytes : BenchRun.FullBytes),
                (int)(context.Value(_turns) ?? (quick ? 1 : Turns)),
                context.Time,
                context.ErrorOutput.Remark);
            await MeasureAsync(context, chosen, run, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return ExitCode.Ok;
    }

    private static async Task MeasureAsync(
        CommandContext context, IReadOnlyList<Measurement> chosen, BenchRun run, CancellationToken cancellationToken)
    {
        var report = new BenchReport(context);
        report.Begin();
        foreach (Measurement measurement in chosen)
        {
            IReadOnlyList<BenchRow> rows = await context.Progress.RunStepAsync(
                $"{measurement.Name}: {measurement.What}", cancelled => measurement.RunAsync(run, cancelled), cancellationToken);
            foreach (BenchRow row in rows) report.Add(row);
        }
    }

    private static long Size(string text) => QuantityParsers.ByteCount(text) is >= LeastBytes and <= BenchRun.FullBytes and long bytes
        ? bytes
        : throw new FormatException($"'{text}' is not from 1MiB to 1GiB.");

    private static long Count(string text) => QuantityParsers.Count(text) is >= 1 and <= 99 and long count
        ? count
        : throw new FormatException($"'{text}' is not from 1 to 99.");
}
