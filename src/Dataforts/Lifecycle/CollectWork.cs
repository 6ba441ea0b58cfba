using Dataforts.Blobs;

namespace Dataforts.Lifecycle;

/// <summary>Ends names and leases whose time is over and removes what no root reaches any more.</summary>
/// <param name="store">The store.</param>
/// <param name="links">What reads manifests of directories.</param>
/// <param name="collector">One that is kept for its counters, and is not disposed of with this; null to make one when it is first needed.</param>
public sealed class CollectWork(BlobStore store, IDirectoryLinks? links = null, Collector? collector = null) : IWork, IAsyncDisposable
{
    private Collector? _own;

    /// <inheritdoc/>
    public string Name => "collect";

    /// <inheritdoc/>
    public string Description => "Ends names and leases that have expired, and removes what nothing keeps any more.";

    /// <inheritdoc/>
    public WorkSchedule Schedule { get; } = new(TimeSpan.FromHours(1));

    /// <inheritdoc/>
    public bool IsUrgent => store.Chunks.IsAboveHighWater;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        Collector mine = collector ?? (_own ??= new Collector(store, links));
        await mine.CollectAsync(new CollectionOptions { Pace = run.Pacing }, new Forwarded(run), cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Disposes of the collector that was made here.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _own, null)?.DisposeAsync() ?? default;

    private sealed class Forwarded(WorkRun run) : IProgress<CollectionProgress>
    {
        public void Report(CollectionProgress value) => run.Report(value.CollectedBytes, null);
    }
}
