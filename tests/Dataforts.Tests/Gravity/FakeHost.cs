using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

/// <summary>A node whose directory and store are lists, and which keeps what it announced.</summary>
internal sealed class FakeHost : IGravityHost<ulong>
{
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

    public ValueTask<bool> PullAsync(ulong key, IGravityPeer<ulong> from, CancellationToken cancellationToken)
    {
        bool came = Pulling?.Invoke(key) ?? true;
        Deeds.Add($"pull {key} from {from.Id}{(came ? "" : " in vain")}");
        if (came) Assert.True(Held.Add(key));
        return ValueTask.FromResult(came);
    }

    public ValueTask<bool> AnnounceAsync(IReadOnlyList<HeatChange<ulong>> changes, CancellationToken cancellationToken)
    {
        if (!Takes) return ValueTask.FromResult(false);
        foreach (HeatChange<ulong> change in changes)
        {
            if (change.Verdict == HeatVerdict.Emit) Told[change.Key] = change.Level;
            else Assert.True(Told.Remove(change.Key));
        }
        return ValueTask.FromResult(true);
    }
}
