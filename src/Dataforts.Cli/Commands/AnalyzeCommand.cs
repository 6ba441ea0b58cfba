using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;

namespace Dataforts.Cli.Commands;

/// <summary><c>analyze</c>: predicts what files would take up in a store, under each chunking profile.</summary>
internal sealed class AnalyzeCommand : CliCommand
{
    private static readonly ChunkingProfile[] Profiles =
    [
        ChunkingProfile.Cdc(4 << 10, 16 << 10, 64 << 10),
        ChunkingProfile.Cdc(8 << 10, 32 << 10, 128 << 10),
        ChunkingProfile.Default,
        ChunkingProfile.DefaultStrided,
        ChunkingProfile.Cdc(64 << 10, 256 << 10, 1 << 20),
        ChunkingProfile.Cdc(256 << 10, 1 << 20, 4 << 20),
        ChunkingProfile.Production,
        ChunkingProfile.Fixed(64 << 10),
        ChunkingProfile.Fixed4MiB,
    ];

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Files, and folders with all they hold.",
        Arity = ArgumentArity.OneOrMore,
    };

    public AnalyzeCommand()
        : base("analyze", "Predict what files would take up in a store, under each chunking profile.")
    {
        Add(_paths);
    }

    public override string Details => """
        Every file is read, cut and hashed once for each profile; nothing is stored. Links are not followed. uniqueBytes is what would be stored of
        inputBytes; metadataBytes and indexBytes are what the store adds to it on disk and in memory. The star marks what a new store does by itself.
        """;

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts analyze releases/", "See what cutting by content would save on a folder.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string[] files = [.. context.Value(_paths).SelectMany(FilesOf)];
        if (!context.Json) context.Results.Line($"{"profile",-34}{"input",16}{"unique",16}{"stored",9}{"chunks",10}{"metadata",12}{"index",12}{"GB/s",8}");
        foreach (ChunkingProfile profile in Profiles)
        {
            var analysis = new DedupAnalysis(profile, context.Time);
            foreach (string file in files)
            {
                using InputSource input = await context.OpenInputAsync(file, cancellationToken);
                await using var content = new InputStream(input);
                await analysis.AddAsync(content, cancellationToken: cancellationToken);
            }
            Write(context, analysis.Finish());
            context.Results.Flush();
        }
        return ExitCode.Ok;
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw CliException.PathNotFound(path);
        var every = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        return Directory.EnumerateFiles(path, "*", every).Order(StringComparer.Ordinal);
    }

    private static bool IsDefault(DedupForecast forecast) => forecast.Profile == ChunkingProfile.Default;

    private static void Write(CommandContext context, DedupForecast forecast)
    {
        double rate = forecast.InputBytes / 1e9 / Math.Max(1e-9, forecast.Elapsed.TotalSeconds);
        if (!context.Json)
        {
            double share = 100.0 * forecast.UniqueBytes / Math.Max(1, forecast.InputBytes);
            string profile = forecast.Profile + (IsDefault(forecast) ? " *" : "");
            string sizes = string.Create(CultureInfo.InvariantCulture,
                $"{profile,-34}{forecast.InputBytes,16}{forecast.UniqueBytes,16}{share,7:F1} %");
            string costs = string.Create(CultureInfo.InvariantCulture,
                $"{forecast.Chunks,10}{forecast.MetadataBytes,12}{forecast.IndexBytes,12}{rate,8:F2}");
            context.Results.Line(sizes + costs);
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("profile"u8, forecast.Profile.ToString());
        json.WriteBoolean("default"u8, IsDefault(forecast));
        json.WriteUInt64("inputBytes"u8, (ulong)forecast.InputBytes);
        json.WriteUInt64("uniqueBytes"u8, (ulong)forecast.UniqueBytes);
        json.WriteNumber("chunks"u8, forecast.Chunks);
        json.WriteUInt64("metadataBytes"u8, (ulong)forecast.MetadataBytes);
        json.WriteUInt64("indexBytes"u8, (ulong)forecast.IndexBytes);
        json.WriteNumber("gigabytesPerSecond"u8, Math.Round(rate, 3));
        context.Results.EndObject();
    }
}
