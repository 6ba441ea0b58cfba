using Dataforts.Content;

namespace Dataforts.Blobs;

public sealed partial class BlobStore
{
    /// <summary>Puts back what is missing or wrong of a blob: data and parity from what is left of their stripes, copies from what is left of these.</summary>
    /// <remarks>Runs off the caller's thread. Ended at any point it leaves what it has put back, and can go on from where it was
    /// (<see cref="RepairOptions.FirstStripe"/>). What cannot be put back is counted, and the rest is repaired all the same.</remarks>
    /// <param name="blob">What to repair; a Small or a Manifest has nothing to be repaired from.</param>
    /// <param name="options">Where to begin, and whom to tell.</param>
    /// <param name="progress">Told how many bytes of content have been looked at.</param>
    /// <param name="cancellationToken">Ends the repair.</param>
    /// <exception cref="IntegrityException">A node is lost with all its copies, so that nothing is known of what is below it.</exception>
    /// <exception cref="DatafortsException">ReadOnly, NoSpace, WriterFailed or Io: what was to be put back cannot be stored.</exception>
    public Task<RepairReport> RepairAsync(
        BlobRef blob, RepairOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (!Chunks.IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        ThrowIfAbsent(blob);
        return blob is TreeRef tree
            ? Task.Run(() => RepairTreeAsync(tree, options ?? new RepairOptions(), progress, cancellationToken), cancellationToken)
            : Task.FromResult(new RepairReport());
    }

    /// <summary>Every distinct blob that a name or pin keeps, in no particular order.</summary>
    public IReadOnlyList<BlobRef> ListRoots() => [.. Roots(isDamaged: false).Select(root => root.Ref).Distinct()];

    private async Task<RepairReport> RepairTreeAsync(
        TreeRef tree, RepairOptions options, IProgress<BlobProgress>? progress, CancellationToken cancellationToken)
    {
        var repair = new StripeRepair(Chunks, tree.Encoding.ParityShards + 1);
        var report = new RepairReport();
        var nodes = new List<BlobHash>();
        long number = 0, done = 0;
        using var window = new OrderedWindow<(StripeOutcome Outcome, bool IsSkipped, long Bytes)>(
            new WindowOptions { MaxChunks = Environment.ProcessorCount }, cancellationToken);
        try
        {
            await foreach ((BlobHash hash, TreeNode node) in TreeWalk.NodesAsync(Chunks, tree, cancellationToken).ConfigureAwait(false))
            {
                nodes.Add(hash);
                if (node is LeafNode) report = report with { ReplicatedLeavesSkipped = report.ReplicatedLeavesSkipped + 1 };
                if (node is not ErasureLeafNode leaf) continue;
                foreach (Stripe stripe in leaf.Stripes)
                {
                    long bytes = stripe.Chunks.Where(chunk => !chunk.Role.IsParity).Sum(chunk => (long)chunk.SizeBytes);
                    if (number++ < options.FirstStripe) continue;
                    while (!window.HasRoomFor(1)) await TakeAsync().ConfigureAwait(false);
                    window.ThrowIfFailed();
                    window.Add(RepairStripeAsync(repair, number - 1, stripe, bytes, window), 1);
                }
                if (nodes.Count >= BlobLimits.CopyBatchChunks) await RepairNodesAsync().ConfigureAwait(false);
            }
            while (window.Count > 0) await TakeAsync().ConfigureAwait(false);
            await RepairNodesAsync().ConfigureAwait(false);
            return report;
        }
        finally
        {
            await window.StopAsync().ConfigureAwait(false);
        }

        async ValueTask TakeAsync()
        {
            (StripeOutcome outcome, bool isSkipped, long bytes) = await window.TakeAsync().ConfigureAwait(false);
            report = report.With(outcome, isSkipped);
            options.Stripes?.Report(outcome);
            progress?.Report(new BlobProgress(done += bytes, (long)tree.SizeBytes));
        }

        // A tree of plain leaves has nodes that are kept once, as everything else of it.
        async ValueTask RepairNodesAsync()
        {
            if (tree.Encoding.IsReedSolomon)
            {
                int restored = await repair.RestoreCopiesAsync(nodes, cancellationToken).ConfigureAwait(false);
                report = report with { CopiesRestored = report.CopiesRestored + restored };
            }
            nodes.Clear();
        }
    }

    private static async Task<(StripeOutcome Outcome, bool IsSkipped, long Bytes)> RepairStripeAsync(
        StripeRepair repair, long number, Stripe stripe, long bytes, OrderedWindow<(StripeOutcome Outcome, bool IsSkipped, long Bytes)> window)
    {
        await default(FairYield);
        try
        {
            bool isSkipped = !stripe.Encoding.IsReedSolomon && !repair.IsKeptTwice(stripe);
            return (await repair.RepairAsync(number, stripe, window.Token).ConfigureAwait(false), isSkipped, bytes);
        }
        catch (Exception error)
        {
            window.FailAll(error);
            throw;
        }
    }
}
