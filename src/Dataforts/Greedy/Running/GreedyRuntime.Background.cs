using Dataforts.Content;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Greedy.Running;

public sealed partial class GreedyRuntime
{
    private readonly GreedyParts _parts;
    private readonly CancellationTokenSource _stopping = new();
    private int _prefetching;

    /// <summary>Why a blob could last not be fetched ahead; null when that has not happened.</summary>
    public Exception? LastPrefetchError { get; private set; }

    /// <summary>Gives back byte budget that lies idle, and tries again what failed. To be called every few seconds.</summary>
    public void Tick() => _cache.Tick();

    // A ref in an event: whether its blob is fetched ahead never decides whether the event is kept.
    private void Consider(in ObservedEvent observed, VerdictEntry entry)
    {
        if (entry.Pull != PullRefused.None)
        {
            _pullsRefused[(int)entry.Pull].Add(1);
            return;
        }
        _pullsRefused[(int)PullRefused.None].Add(1);
        if (_parts.Prefetch is null) return;
        if (Interlocked.Increment(ref _prefetching) > Volatile.Read(ref _options).Prefetches)
        {
            Interlocked.Decrement(ref _prefetching);
            _droppedPrefetches.Add(1);
            return;
        }
        byte[] encoded = observed.Payload.ToArray();
        _ = Task.Factory.StartNew(
            () => PrefetchAsync(encoded), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _parts.Scheduler);
    }

    private async Task PrefetchAsync(byte[] encoded)
    {
        bool fetched = false;
        try
        {
            fetched = await _parts.Prefetch!(BlobRef.Decode(encoded), _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // It is counted below; nobody waits for a fetch made ahead.
            LastPrefetchError = error;
        }
        finally
        {
            Interlocked.Decrement(ref _prefetching);
        }
        (fetched ? _prefetches : _failedPrefetches).Add(1);
    }
}
