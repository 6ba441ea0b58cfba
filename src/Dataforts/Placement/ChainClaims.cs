using Dataforts.Capabilities.Tags;
using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Placement;

/// <summary>The one who says in a node's announcement which chains it holds, and how hot they are. What it notes is what the mesh has taken.</summary>
/// <remarks>Thread-safe. A chain is claimed while there is any reason to. The heat of a chain that is not claimed is told as a want.</remarks>
internal sealed class ChainClaims(IMesh mesh, int mostClaims = PlacementLimits.MaxClaims, int mostHeats = PlacementLimits.MaxHeats)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, ClaimReason> _reasons = [];
    private readonly HashSet<ulong> _told = [];
    private readonly SortedSet<ulong> _untold = [];
    private readonly Dictionary<ulong, int> _heats = [];
    private string? _own;
    private bool _isClosed;

    /// <summary>Chains that are held and not told of.</summary>
    public int Untold
    {
        get { lock (_gate) return _untold.Count; }
    }

    /// <summary>Heats that were not told because there were too many.</summary>
    public long UntoldHeats { get; private set; }

    public ClaimReason ReasonOf(ulong chain)
    {
        lock (_gate) return _reasons.GetValueOrDefault(chain);
    }

    /// <summary>Adds a reason to hold some chains and takes it from others, in one announcement; a withdrawal goes out at once.</summary>
    /// <exception cref="DatafortsException">LimitExceeded: the offer would be over a limit of the mesh; nothing was changed.</exception>
    public void Claim(IReadOnlyList<ulong> held, IReadOnlyList<ulong> gone, ClaimReason reason)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            SortedDictionary<ulong, ClaimReason> after = [];
            foreach (ulong chain in held) after[chain] = After(after, chain) | reason;
            foreach (ulong chain in gone) after[chain] = After(after, chain) & ~reason;
            List<ulong> added = [], removed = [];
            foreach ((ulong chain, ClaimReason reasons) in after)
            {
                if (reasons == ClaimReason.None && _told.Contains(chain)) removed.Add(chain);
            }
            int room = mostClaims - _told.Count + removed.Count;
            IEnumerable<ulong> waiting = _untold.Where(chain => !after.ContainsKey(chain));
            IEnumerable<ulong> fresh = after.Where(pair => pair.Value != ClaimReason.None && !_told.Contains(pair.Key)).Select(pair => pair.Key);
            // Those that waited first.
            added.AddRange(waiting.Concat(fresh).Take(room));
            if (added.Count + removed.Count > 0) Tell(added, removed);
            foreach ((ulong chain, ClaimReason reasons) in after) Note(chain, reasons);
            foreach (ulong chain in added) _untold.Remove(chain);
        }
    }

    /// <summary>Changes the heats that are told, in one announcement.</summary>
    /// <exception cref="DatafortsException">LimitExceeded: the offer would be over a limit of the mesh; nothing was changed.</exception>
    public void Tell(IReadOnlyList<HeatChange<ulong>> changes)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            List<string> added = [], removed = [];
            int count = _heats.Count, left = 0;
            SortedDictionary<ulong, int> after = [];
            foreach (HeatChange<ulong> change in changes)
            {
                bool isTold = _heats.TryGetValue(change.Key, out int old);
                if (isTold) Add(removed, change.Key, old);
                int level = change.Verdict == HeatVerdict.Emit ? change.Level : 0;
                if (level > 0 && !isTold && count >= mostHeats)
                {
                    left++;
                    continue;
                }
                if (level > 0) Add(added, change.Key, level);
                after[change.Key] = level;
                count += (level > 0 ? 1 : 0) - (isTold ? 1 : 0);
            }
            if (added.Count + removed.Count > 0) mesh.Edit(offer => offer.With(added, removed));
            foreach ((ulong chain, int level) in after)
            {
                if (level > 0) _heats[chain] = level;
                else _heats.Remove(chain);
            }
            UntoldHeats += left;
        }
    }

    /// <summary>Claims the chain that the node itself publishes, and says that it does.</summary>
    /// <exception cref="DatafortsException">LimitExceeded: as <see cref="Claim"/>.</exception>
    public void ClaimOwn(ulong chain)
    {
        lock (_gate)
        {
            Claim([chain], [], ClaimReason.Own);
            _own = ChainPeer.OriginOf(chain);
            mesh.Edit(offer => offer.With([_own]));
        }
    }

    /// <summary>Takes back all that is told, at once. Nothing more can be said after.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            List<string> removed = [.. _told.Select(Tag)];
            if (_own is not null) removed.Add(_own);
            foreach ((ulong chain, int level) in _heats) Add(removed, chain, level);
            if (removed.Count > 0) mesh.Edit(offer => offer.With([], removed), isUrgent: true);
            _reasons.Clear();
            _told.Clear();
            _untold.Clear();
            _heats.Clear();
        }
    }

    private ClaimReason After(SortedDictionary<ulong, ClaimReason> after, ulong chain) =>
        after.TryGetValue(chain, out ClaimReason reasons) ? reasons : _reasons.GetValueOrDefault(chain);

    // A heat changes its form with the claim, in the same announcement.
    private void Tell(List<ulong> added, List<ulong> removed)
    {
        List<string> come = [.. added.Select(Tag)], go = [.. removed.Select(Tag)];
        foreach (ulong chain in added.Concat(removed))
        {
            if (!_heats.TryGetValue(chain, out int level)) continue;
            bool wasTold = _told.Contains(chain);
            go.Add(HeatTag(chain, level, wasTold));
            come.Add(HeatTag(chain, level, !wasTold));
        }
        mesh.Edit(offer => offer.With(come, go), isUrgent: removed.Count > 0);
        _told.UnionWith(added);
        _told.ExceptWith(removed);
    }

    private void Note(ulong chain, ClaimReason reasons)
    {
        if (reasons == ClaimReason.None)
        {
            _reasons.Remove(chain);
            _untold.Remove(chain);
            return;
        }
        _reasons[chain] = reasons;
        if (!_told.Contains(chain)) _untold.Add(chain);
    }

    private void Add(List<string> tags, ulong chain, int level) => tags.Add(HeatTag(chain, level, _told.Contains(chain)));

    private static string Tag(ulong chain) => ChainClaim.Present(chain).ToString();

    private static string HeatTag(ulong chain, int level, bool isHeld) => isHeld ? ChainHeat.Format(chain, level)! : ChainWant.Format(chain, level)!;
}
