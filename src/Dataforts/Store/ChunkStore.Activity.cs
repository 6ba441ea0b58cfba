using Dataforts.Content;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private readonly Lock _activityGate = new();
    private readonly List<long> _puts = [];
    private readonly Dictionary<long, (BlobRef Ref, RootReach Reach)> _reads = [];
    private readonly ReaderList _readerList;
    private long _readsBegun;

    internal bool HoldsPutsLate => _options.HoldsPutsLate;

    /// <summary>Begins a put. Costs the same whatever is under way.</summary>
    internal PutSession BeginPut()
    {
        lock (_activityGate)
        {
            long generation = _index.NextGeneration();
            _puts.Add(generation);
            return new PutSession(this, generation);
        }
    }

    /// <summary>Begins a read of all that a ref reaches; begin it before looking whether it is there.</summary>
    internal ReadLease BeginRead(BlobRef blob, RootReach reach = RootReach.Blob)
    {
        if (!IsWritable)
        {
            _readerList.Add(blob, reach);
            return default;
        }
        lock (_activityGate)
        {
            _reads.Add(++_readsBegun, (blob, reach));
            return new ReadLease(this, _readsBegun);
        }
    }

    internal void EndPut(long generation)
    {
        lock (_activityGate) _puts.Remove(generation);
    }

    internal void EndRead(long number)
    {
        lock (_activityGate) _reads.Remove(number);
    }

    /// <summary>What is being read in this process, and how many reads had begun by then.</summary>
    internal (List<(BlobRef Ref, RootReach Reach)> Reads, long Begun) ReadsUnderWay()
    {
        lock (_activityGate) return ([.. _reads.Values], _readsBegun);
    }

    // Puts are few at once and end soon, so they are looked through.
    private long OldestPut()
    {
        long oldest = _index.Generation + 1;
        foreach (long generation in _puts) oldest = Math.Min(oldest, generation);
        return oldest;
    }
}
