using Dataforts.Blobs;
using Dataforts.Cli.Invocation;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>What <c>verify --scrub</c> does about chunks that it found wrong.</summary>
internal static class ScrubMending
{
    /// <summary>Repairs what can be repaired, and takes the rest out of service. Where the store cannot be written now, nothing is done but a remark:
    /// whoever has it open has a worker for this.</summary>
    /// <returns>What was done; null for nothing.</returns>
    public static async Task<ScrubReport?> RunAsync(CommandContext context, StoreVerification found, CancellationToken cancellationToken)
    {
        if (found.Corrupt.Count == 0) return null;
        StoreOptions options = StoreSession.Options(context) with { Writable = true, CreateIfMissing = false, LockTimeout = TimeSpan.Zero };
        try
        {
            await using BlobStore store = await BlobStore.OpenAsync(options, cancellationToken);
            return await store.Chunks.QuarantineAsync(found.Corrupt, new StripeSource(store), cancellationToken);
        }
        catch (DatafortsException error) when (error.Kind is ErrorKind.StoreInUse or ErrorKind.ReadOnly or ErrorKind.NoSpace or ErrorKind.StoreDamaged)
        {
            context.ErrorOutput.Remark($"what is corrupt stays in place: {error.Message}");
            return null;
        }
    }
}
