using Dataforts.Gravity;
using Dataforts.Greedy.Running;

namespace Dataforts.Simulation.Experiments;

internal sealed partial class SimulatedNode : IChainClaims
{
    private readonly SortedDictionary<ulong, ClaimSource> _claims = [];
    private readonly Dictionary<ulong, string> _heats = [];
    private bool _isDeaf;

    /// <summary>Changes of heat that were told.</summary>
    public long Emissions { get; private set; }

    /// <summary>Chains that greedy caching began to hold, and let go.</summary>
    public Action<ulong, bool>? Changed { get; set; }

    /// <summary>Stops hearing events, as one would that is switched by a restart.</summary>
    public void Deafen(bool isDeaf) => _isDeaf = isDeaf;

    /// <summary>Says that it holds chains, whatever it holds.</summary>
    public void HoldFor(IEnumerable<ulong> chains) => Claim(chains, [], ClaimSource.Copy);

    ValueTask IChainClaims.AnnounceAsync(IReadOnlyList<ulong> held, IReadOnlyList<ulong> gone, CancellationToken cancellationToken)
    {
        foreach (ulong chain in held)
        {
            _world.Note(Id, "admits", chain);
            Changed?.Invoke(chain, true);
        }
        foreach (ulong chain in gone)
        {
            _world.Note(Id, "evicts", chain);
            Changed?.Invoke(chain, false);
        }
        Claim(held, gone, ClaimSource.Greedy);
        return ValueTask.CompletedTask;
    }

    ValueTask<bool> IGravityHost<ulong>.AnnounceAsync(IReadOnlyList<HeatChange<ulong>> changes, CancellationToken cancellationToken)
    {
        if (!Mesh.IsAlive) return ValueTask.FromResult(false);
        List<string> added = [], removed = [];
        foreach (HeatChange<ulong> change in changes)
        {
            Emissions++;
            _world.Note(Id, change.Verdict == HeatVerdict.Emit ? "tells" : "unsays", change.Key, $" {change.Level}");
            if (Options.Fault == NodeFault.KeepsHeat && change.Verdict == HeatVerdict.Withdraw) continue;
            if (_heats.Remove(change.Key, out string? old)) removed.Add(old);
            if (change.Verdict != HeatVerdict.Emit) continue;
            added.Add(_heats[change.Key] = ChainTags.Heat(change.Key, change.Level));
        }
        Mesh.Edit(offer => offer.With(added, removed));
        return ValueTask.FromResult(true);
    }

    private void Claim(IEnumerable<ulong> held, IEnumerable<ulong> gone, ClaimSource source)
    {
        List<string> added = [], removed = [];
        foreach (ulong chain in held)
        {
            ClaimSource before = _claims.GetValueOrDefault(chain);
            if (before == ClaimSource.None) added.Add(ChainTags.Claim(chain));
            _claims[chain] = before | source;
        }
        foreach (ulong chain in gone)
        {
            ClaimSource after = _claims.GetValueOrDefault(chain) & ~source;
            _claims[chain] = after;
            if (after != ClaimSource.None) continue;
            _claims.Remove(chain);
            removed.Add(ChainTags.Claim(chain));
        }
        if (!Mesh.IsAlive) return;
        if (Options.Fault == NodeFault.KeepsClaims) removed.Clear();
        if (added.Count + removed.Count == 0) return;
        Mesh.Edit(offer => offer.With(added, removed), isUrgent: removed.Count > 0 || Options.Fault == NodeFault.TellsEach);
    }
}
