using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Invocation;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>How commands come by the store and by what REF|NAME stands for in it.</summary>
internal static class StoreSession
{
    private const int MostRemarks = 20;

    /// <summary>Opens the store for reading. Never makes one.</summary>
    public static Task<BlobStore> OpenReaderAsync(CommandContext context, CancellationToken cancellationToken) =>
        BlobStore.OpenAsync(Options(context), cancellationToken);

    /// <summary>Opens the store for writing; makes one only where <paramref name="create"/> says so.</summary>
    public static Task<BlobStore> OpenWriterAsync(CommandContext context, bool create, CancellationToken cancellationToken) =>
        OpenWriterAsync(context, Options(context) with { CreateIfMissing = create }, cancellationToken);

    /// <summary>As the other, with options of the command's own.</summary>
    public static async Task<BlobStore> OpenWriterAsync(CommandContext context, StoreOptions options, CancellationToken cancellationToken)
    {
        BlobStore store = await BlobStore.OpenAsync(options with { Writable = true }, cancellationToken);
        // Whoever opens it next is told nothing of this any more.
        RemarkOn(context, "a loss of power took", store.Chunks.DescribeGivenUp());
        return store;
    }

    /// <summary>Says what the device refused while a command wrote; for those that wait for it, before they close the store.</summary>
    public static void RemarkOnRefusals(CommandContext context, BlobStore store) =>
        RemarkOn(context, "the device refused", store.Chunks.DescribeRefusals());

    private static void RemarkOn(CommandContext context, string what, IReadOnlyList<string> lines)
    {
        foreach (string line in lines.Take(MostRemarks)) context.ErrorOutput.Remark($"{what} {line}");
        if (lines.Count > MostRemarks) context.ErrorOutput.Remark($"{what} {lines.Count - MostRemarks} more");
    }

    /// <summary>Where the store is and how long to wait for it.</summary>
    public static StoreOptions Options(CommandContext context) =>
        new() { Path = context.StorePath, LockTimeout = context.LockTimeout, Time = context.Time, CapacityBytes = context.CapacityBytes };

    /// <summary>As <see cref="Options"/>, for who counts references: they are kept beside the chunks in memory, so all of those have to be there.</summary>
    public static StoreOptions CountingOptions(CommandContext context) => Options(context) with { CreateIfMissing = false, IndexMemoryBytes = null };

    /// <summary>The ref that a target stands for.</summary>
    /// <exception cref="DatafortsException">NameNotFound, or BlobNotFound for a Manifest whose encoding is not there.</exception>
    public static BlobRef Resolve(this BlobStore store, BlobTarget target)
    {
        if (target.Ref is { } blob) return blob;
        if (target.Manifest is { } address) return store.ResolveManifest(address);
        return store.Chunks.FindName(target.Name!)?.Ref ?? throw NameNotFound(target.Name!);
    }

    public static DatafortsException NameNotFound(string name) => new(ErrorKind.NameNotFound, $"there is no name \"{name}\" in the store");

    /// <summary>Refuses to keep what is not there.</summary>
    /// <exception cref="DatafortsException">BlobNotFound.</exception>
    public static void RequirePresent(this BlobStore store, BlobRef blob)
    {
        if (!store.HasAnythingOf(blob)) throw new DatafortsException(ErrorKind.BlobNotFound, $"nothing of the blob {blob} is in the store");
    }
}
