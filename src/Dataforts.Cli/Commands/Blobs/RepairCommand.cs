using System.CommandLine;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>repair</c>: puts back what is missing or wrong of blobs with parity.</summary>
internal sealed class RepairCommand : CliCommand
{
    private readonly Argument<string[]> _target = new("REF|NAME")
    {
        Description = "A ref (df1-… or its hex) or a name.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<bool> _all = CliOption.Flag("--all", "Everything that names and pins keep.");

    private readonly Option<long?> _from = CliOption.Value(
        "--from", "STRIPE", static text => (long?)QuantityParsers.Count(text), "Begin with this stripe of the blob, from 0: where an earlier run was ended.");

    public RepairCommand()
        : base("repair", "Put back what is missing or wrong of blobs stored with --encoding rs:K,M.")
    {
        Add(_target);
        Add(_all);
        Add(_from);
    }

    public override string Details => """
        Every chunk, data and parity, and every copy is read and verified; what is missing or wrong is rebuilt, verified and stored again. Ended at any
        point it may be run again: what it has put back stays. Prints the counts for each blob, and of the first 1,000 stripes that were not
        healthy what became of them. Exit 4 when something is lost for good.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts repair backup", "Repair one blob."),
        new("dataforts repair --all", "Repair everything that names and pins keep."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        bool all = context.Value(_all);
        string[] targets = context.Value(_target);
        if (all ? targets.Length > 0 : targets.Length != 1) throw CliException.Usage("repair takes either a REF or NAME, or --all");
        if (all && context.Has(_from)) throw CliException.Usage("--from goes with one blob, not with --all");
        BlobTarget? target = all ? null : BlobTarget.Parse(targets[0]);
        await using BlobStore store = await StoreSession.OpenWriterAsync(context, create: false, cancellationToken);
        IReadOnlyList<BlobRef> blobs = target is { } one ? [store.Resolve(one)] : store.ListRoots();
        int exitCode = ExitCode.Ok;
        foreach (BlobRef blob in blobs)
        {
            try
            {
                if (!await RepairAsync(context, store, blob, cancellationToken)) exitCode = ExitCode.Integrity;
            }
            catch (DatafortsException error) when (all && (error is IntegrityException || error.Kind == ErrorKind.BlobNotFound))
            {
                // The others are repaired all the same.
                context.Results.Flush();
                context.ErrorOutput.Report(Failure.Of(error));
                exitCode = ExitCode.Integrity;
            }
        }
        StoreSession.RemarkOnRefusals(context, store);
        return exitCode;
    }

    private async Task<bool> RepairAsync(CommandContext context, BlobStore store, BlobRef blob, CancellationToken cancellationToken)
    {
        long first = context.Value(_from) ?? 0;
        var stripes = new UnhealthyStripes(first);
        var options = new RepairOptions { FirstStripe = first, Stripes = stripes };
        try
        {
            RepairReport report = await context.ProgressAmidOutput.RunAsync("repair", (long)blob.SizeBytes, (progress, cancelled) =>
                store.RepairAsync(blob, options, new BlobProgressBar(progress), cancelled), cancellationToken);
            await store.Chunks.FlushAsync(cancellationToken);
            BlobStat left = await store.StatAsync(blob, cancellationToken);
            Write(context, blob, report, stripes, left);
            return report.Unrecoverable == 0 && left.IsPresent;
        }
        catch (OperationCanceledException)
        {
            if (blob is TreeRef) context.ErrorOutput.Remark($"ended; go on with: repair {blob.ToText()} --from {stripes.Next}");
            throw;
        }
    }

    private static void Write(CommandContext context, BlobRef blob, RepairReport report, UnhealthyStripes stripes, BlobStat left)
    {
        if (!context.Json)
        {
            foreach (StripeOutcome stripe in stripes.Listed)
            {
                context.Results.Line(
                    $"stripe {stripe.Number} ({stripe.Encoding}): {UnhealthyStripes.WordOf(stripe)}, {stripe.Lost.Count} chunks were missing or wrong");
            }
            context.Results.Line(
                $"{report.StripesWalked} stripes: {report.AlreadyHealthy} healthy, {report.Repaired} repaired, {report.Unrecoverable} unrecoverable, "
                + $"{report.ReplicatedStripesSkipped} without parity; {report.ChunksRestored} chunks, {report.ParityRestored} parity and "
                + $"{report.CopiesRestored} copies put back");
            context.Results.Line(left.IsPresent ? $"any {left.ToleratedLosses} of its objects may be lost" : "parts of it are LOST");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("ref"u8, blob.ToText());
        json.WriteNumber("stripesWalked"u8, report.StripesWalked);
        json.WriteNumber("alreadyHealthy"u8, report.AlreadyHealthy);
        json.WriteNumber("repaired"u8, report.Repaired);
        json.WriteNumber("chunksRestored"u8, report.ChunksRestored);
        json.WriteNumber("parityRestored"u8, report.ParityRestored);
        json.WriteNumber("copiesRestored"u8, report.CopiesRestored);
        json.WriteNumber("unrecoverable"u8, report.Unrecoverable);
        json.WriteNumber("replicatedStripesSkipped"u8, report.ReplicatedStripesSkipped);
        json.WriteNumber("replicatedLeavesSkipped"u8, report.ReplicatedLeavesSkipped);
        stripes.Write(json);
        json.WriteNumber("toleratedLosses"u8, left.ToleratedLosses);
        context.Results.EndObject();
    }
}
