using Dataforts.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Demo;

/// <summary><c>demo</c>: the whole of it in a few seconds, on real files in a folder of its own that is gone afterwards.</summary>
internal sealed class DemoCommand() : CliCommand("demo", "Store a small tree of files, edit one, store again, read back, verify; leaves nothing behind.")
{
    private const int RangeOffset = 3_000_000;
    private const int RangeLength = 1_000;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("dataforts-demo-").FullName;
        try
        {
            var tree = new DemoTree(Path.Combine(folder, "files"));
            await tree.WriteAsync(cancellationToken);
            var report = new DemoReport(context);
            report.Begin(tree.Files.Count, tree.TotalBytes);
            bool good;
            await using (BlobStore store = await BlobStore.OpenAsync(
                new StoreOptions { Path = Path.Combine(folder, "store"), Writable = true, Time = context.Time }, cancellationToken))
            {
                report.Step("first", "store every file", await PutAllAsync(store, tree, cancellationToken));
                report.Step("again", "store the same files again", await PutAllAsync(store, tree, cancellationToken));
                await tree.EditAsync(cancellationToken);
                string edit = $"insert {DemoTree.EditBytes} bytes into {DemoTree.EditedFile}, store again";
                report.Step("edited", edit, await PutAllAsync(store, tree, cancellationToken));
                good = await ReadBackAsync(store, tree, report, cancellationToken);
                report.End(store.Chunks.Info);
            }
            return good ? ExitCode.Ok : ExitCode.Integrity;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<DemoTotals> PutAllAsync(BlobStore store, DemoTree tree, CancellationToken cancellationToken)
    {
        var totals = new DemoTotals(store.Chunks.Time);
        foreach (string file in tree.Files)
        {
            await using FileStream content = File.OpenRead(tree.PathOf(file));
            totals.Add(await store.PutAsync(content, new PutOptions { Name = file }, null, cancellationToken));
        }
        totals.Stop();
        return totals;
    }

    private static async Task<bool> ReadBackAsync(BlobStore store, DemoTree tree, DemoReport report, CancellationToken cancellationToken)
    {
        BlobRef edited = store.Chunks.FindName(DemoTree.EditedFile)!.Ref;
        byte[] range = await store.ReadBytesAsync(edited, new BlobRange(RangeOffset, RangeLength), cancellationToken);
        byte[] file = await File.ReadAllBytesAsync(tree.PathOf(DemoTree.EditedFile), cancellationToken);
        bool sameRange = range.AsSpan().SequenceEqual(file.AsSpan(RangeOffset, RangeLength));
        report.Check("range", $"read {RangeLength} bytes from the middle of {DemoTree.EditedFile}", sameRange);
        bool sameFiles = true;
        foreach (string name in tree.Files)
        {
            byte[] stored = await store.ReadBytesAsync(store.Chunks.FindName(name)!.Ref, null, cancellationToken);
            byte[] original = await File.ReadAllBytesAsync(tree.PathOf(name), cancellationToken);
            sameFiles &= stored.AsSpan().SequenceEqual(original);
        }
        report.Check("files", "read every file back and compare", sameFiles);
        StoreVerification verification = await store.VerifyAsync(cancellationToken: cancellationToken);
        report.Check("verify", $"verify {verification.Chunks} chunks and {tree.Files.Count} names", verification.IsSound);
        report.Ref(DemoTree.EditedFile, edited);
        return sameRange && sameFiles && verification.IsSound;
    }
}
