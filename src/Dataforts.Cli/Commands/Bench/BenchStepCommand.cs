using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Bench;

/// <summary><c>bench-step</c>: one step of a measurement in a process of its own, whose memory counts. <c>bench</c> alone calls it.</summary>
internal sealed class BenchStepCommand : CliCommand
{
    private const string Put = "put";
    private const string Word = "bench-step";
    private const string ProgramName = "Dataforts.Cli";

    private readonly Argument<string> _step = new("STEP");
    private readonly Argument<string> _folder = new("FOLDER");
    private readonly Argument<string> _bytes = new("BYTES");

    public BenchStepCommand()
        : base(Word, "One step of bench.")
    {
        Hidden = true;
        foreach (Argument argument in (ReadOnlySpan<Argument>)[_step, _folder, _bytes]) Add(argument);
    }

    /// <summary>In the order in which they are to run.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Put, "get"];

    /// <summary>Starts the tool itself for one step.</summary>
    /// <returns>The most memory it had, in bytes.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static async Task<long> RunAsync(string step, string folder, long bytes, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // The process may be dotnet's, or another's that has this tool as a library.
        string assembly = Path.Combine(AppContext.BaseDirectory, ProgramName + ".dll"), self = Environment.ProcessPath ?? "";
        bool isHosted = File.Exists(assembly) && Path.GetFileName(self) is not (ProgramName or ProgramName + ".exe");
        start.FileName = !isHosted ? self : Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        string[] program = isHosted ? ["exec", assembly] : [];
        foreach (string word in (string[])[.. program, Word, step, folder, bytes.ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(word);
        using Process child = Process.Start(start)!;
        try
        {
            Task<string> errors = child.StandardError.ReadToEndAsync(cancellationToken);
            string output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
            await child.WaitForExitAsync(cancellationToken);
            if (child.ExitCode != 0) throw new InvalidOperationException($"{step} in a process of its own failed ({child.ExitCode}): {(await errors).Trim()}");
            return long.Parse(output, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        finally
        {
            // Cancelled: it goes too, so that the folder can.
            if (!child.HasExited)
            {
                child.Kill();
                await child.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string step = context.Value(_step), folder = Path.GetFullPath(context.Value(_folder)), kept = Path.Combine(folder, "ref");
        if (!Steps.Contains(step)) throw CliException.Usage($"there is no step '{step}'");
        var options = new StoreOptions { Path = Path.Combine(folder, "store"), Writable = step == Put, Time = context.Time };
        await using (BlobStore store = await BlobStore.OpenAsync(options, cancellationToken))
        {
            if (step == Put)
            {
                await using var content = new BenchContent(QuantityParsers.ByteCount(context.Value(_bytes)));
                PutResult put = await store.PutAsync(content, null, null, cancellationToken);
                await File.WriteAllBytesAsync(kept, put.Ref.Encode(), cancellationToken);
            }
            else
            {
                await store.CopyToAsync(BlobRef.Decode(await File.ReadAllBytesAsync(kept, cancellationToken)), Stream.Null, null, null, cancellationToken);
            }
        }
        using Process self = Process.GetCurrentProcess();
        context.Results.Line(self.PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
        return ExitCode.Ok;
    }
}
