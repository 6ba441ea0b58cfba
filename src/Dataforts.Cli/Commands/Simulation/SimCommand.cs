using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Simulation;
using Dataforts.Simulation.Catalog;

namespace Dataforts.Cli.Commands.Simulation;

/// <summary><c>sim NAME</c>: one experiment in virtual time.</summary>
internal sealed class SimCommand : CliCommand
{
    private const ulong UsualSeed = 1;
    private const string UsualFolder = "dataforts-sim";

    private readonly Argument<string> _name = new("NAME") { Description = "An experiment; 'dataforts sim ls' lists them." };

    private readonly Option<ulong?> _seed = CliOption.Value(
        "--seed",
        "N",
        static text => (ulong?)Seed(text),
        string.Create(CultureInfo.InvariantCulture, $"Where all chance comes from; the same seed gives the same bytes [default: {UsualSeed}]."));

    private readonly Option<string?> _out = CliOption.Value(
        "--out", "DIR", static text => text, $"Where plots and the trace go; made when it is missing [default: {UsualFolder}].");

    public SimCommand()
        : base("sim", "Run an experiment with the real decision code in virtual time, or replay a trace against caches.")
    {
        Add(_name);
        foreach (Option option in (ReadOnlySpan<Option>)[_seed, _out]) Add(option);
        Add(new SimCacheCommand());
        Add(new SimTraceCommand());
        Add(new SimLsCommand());
        // Without an action the parser would insist on one of the commands. The dispatcher runs it, as it does all.
        SetAction(static _ => ExitCode.Ok);
    }

    public override string Details =>
        "NAME is one of these, or a command. Exit code 1 when a figure misses what is asked of it.\n\n"
        + string.Concat(ExperimentCatalog.All.Select(experiment => $"  {experiment.Name,-14}{experiment.Purpose}\n"));

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts sim caching --seed 7", "Compare eviction policies on made-up traces.")];

    /// <summary>A seed as it is typed.</summary>
    /// <exception cref="FormatException">Not an unsigned 64-bit number.</exception>
    public static ulong Seed(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
        ? seed
        : throw new FormatException($"'{text}' is not a number from 0 to {ulong.MaxValue}.");

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string name = context.Value(_name);
        IExperiment experiment = ExperimentCatalog.Find(name) ?? throw CliException.Usage(
            $"there is no experiment '{name}'; there are {string.Join(", ", ExperimentCatalog.All.Select(known => known.Name))}");
        string folder = context.Value(_out) ?? UsualFolder;
        if (File.Exists(folder)) throw CliException.Usage($"'{folder}' is a file, not a folder");
        ulong seed = context.Value(_seed) ?? UsualSeed;
        ExperimentResult result = await context.Progress.RunStepAsync(
            $"{experiment.Name}: {experiment.Purpose}",
            cancelled => Task.Run(() => experiment.Run(seed, cancelled), cancelled),
            cancellationToken);
        Directory.CreateDirectory(folder);
        string[] plots = [.. result.Plots.Select(plot => Path.Combine(folder, plot.FileName))];
        string trace = Path.Combine(folder, $"{result.Name}-{result.Seed.ToString(CultureInfo.InvariantCulture)}.trace");
        for (int i = 0; i < plots.Length; i++) await WriteAsync(plots[i], result.Plots[i].Svg, cancellationToken);
        await WriteAsync(trace, result.Trace, cancellationToken);
        if (context.Json) WriteJson(context.Results, result, plots, trace);
        else WriteLines(context.Results, result, [.. plots, trace]);
        return result.Accepted ? ExitCode.Ok : ExitCode.Other;
    }

    private static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        await using OutputFile file = await OutputFile.CreateAsync(path, (ulong)bytes.Length, cancellationToken);
        await file.Stream.WriteAsync(bytes, cancellationToken);
        file.Commit();
    }

    private static void WriteJson(ResultWriter results, ExperimentResult result, string[] plots, string trace)
    {
        Utf8JsonWriter json = results.BeginObject();
        json.WriteString("name"u8, result.Name);
        json.WriteUInt64("seed"u8, result.Seed);
        json.WriteStartObject("metrics"u8);
        foreach (ExperimentMetric metric in result.Metrics) WriteValue(json, metric.Name, metric.Value);
        json.WriteEndObject();
        json.WriteStartArray("missed"u8);
        foreach (ExperimentMetric metric in result.Metrics.Where(metric => !metric.Passed)) json.WriteStringValue(metric.Name);
        json.WriteEndArray();
        json.WriteBoolean("accepted"u8, result.Accepted);
        json.WriteStartArray("plots"u8);
        foreach (string plot in plots) json.WriteStringValue(plot);
        json.WriteEndArray();
        json.WriteString("trace"u8, trace);
        results.EndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, double value)
    {
        // JSON has no word for what is not finite.
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static void WriteLines(ResultWriter results, ExperimentResult result, IReadOnlyList<string> files)
    {
        foreach (ExperimentMetric metric in result.Metrics)
        {
            string limit = metric.Limit is { } asked ? string.Create(CultureInfo.InvariantCulture, $"{asked,14:G6}  {(metric.Passed ? "ok" : "MISSED")}") : "";
            results.Line(string.Create(CultureInfo.InvariantCulture, $"{metric.Name,-44}{metric.Value,14:G6}{limit}"));
        }
        results.Line(result.Accepted ? "accepted" : "not accepted");
        foreach (string file in files) results.Line(Display.Escape(file));
    }
}
