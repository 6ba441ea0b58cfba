using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

/// <summary>A node whose directory and store are lists, and which keeps what it announced.</summary>
internal sealed class FakeHost : IGravityHost<ulong>
{
    private Func<Task>? _arriving;

    public ulong Id { get; init; } = 1;

    public GravityStanding Standing { get; set; } = new();

    public long Capacity { get; init; } = 10;

    public long FreeBytes => Capacity - Held.Count;

    public List<FakePeer> All { get; } = [];

    public IReadOnlyList<IGravityPeer<ulong>> Peers => All;

    public HashSet<ulong> Held { get; } = [];

    public HashSet<ulong> InFlight { get; } = [];

    public Dictionary<ulong, List<FakePeer>> Holders { get; } = [];

    public SortedDictionary<ulong, int> Told { get; } = [];

    public List<string> Deeds { get; } = [];

    public bool Takes { get; set; } = true;

    public Func<ulong, bool>? Pulling { get; set; }

    public Func<Task>? Announcing { get; set; }

    /// <summary>What the next copy to come waits for.</summary>
    public Func<Task>? Arriving
    {
        set => _arriving = value;
    }

    public TimeSpan RoundTripTo(IGravityPeer<ulong> peer) => ((FakePeer)peer).RoundTrip;

    public bool Holds(ulong key) => Held.Contains(key);

    public bool IsInFlight(ulong key) => InFlight.Contains(key);

    public long SizeBytesOf(ulong key) => 1;

    public void AddHolders(ulong key, List<IGravityPeer<ulong>> destination)
    {
        if (Holders.TryGetValue(key, out List<FakePeer>? holders)) destination.AddRange(holders);
    }

    public void AddVictims(long bytes, List<(ulong Key, long SizeBytes)> destination) => destination.AddRange(Held.Order().Select(key => (key, 1L)));

    public ValueTask DropAsync(ulong key, CancellationToken cancellationToken)
    {
        Assert.True(Held.Remove(key));
        Deeds.Add($"drop {key}");
        return ValueTask.CompletedTask;
    }

    public async ValueTask<bool> PullAsync(ulong key, IGravityPeer<ulong> from, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _arriving, null) is { } arriving) await arriving();
        bool came = Pulling?.Invoke(key) ?? true;
        Deeds.Add($"pull {key} from {from.Id}{(came ? "" : " in vain")}");
        if (came) Assert.True(Held.Add(key));
        return came;
    }

    public async ValueTask<bool> AnnounceAsync(IReadOnlyList<HeatChange<ulong>> changes, CancellationToken cancellationToken)
    {
        if (Announcing is { } announcing) await announcing();
        if (!Takes) return false;
        foreach (HeatChange<ulong> change in changes)
        {
            if (change.Verdict == HeatVerdict.Emit) Told[change.Key] = change.Level;
            else Assert.True(Told.Remove(change.Key));
        }
        return true;
    }
}
