namespace Dataforts.Simulation.Gravity;

/// <summary>Counts what happens in E2.</summary>
internal sealed class DriftTally(DriftOptions options)
{
    private readonly List<double> _byStep = [], _frozenByStep = [];
    private readonly TimeSpan _repullTime = options.RepullSteps * options.StepTime;
    private long _asked, _frozenLocal, _frozenZone, _answered, _local, _zone, _pulls, _repulls;
    private long _askedBefore, _frozenBefore, _answeredBefore, _localBefore;
    private TimeSpan _time;

    /// <summary>See <see cref="DriftOutcome.SlotsToFill"/>.</summary>
    public long SlotsToFill { get; set; }

    /// <summary>A read began; where it would have been served had nothing ever moved.</summary>
    public void Ask(bool isHome, bool isHomeZone)
    {
        _asked++;
        if (isHome) _frozenLocal++;
        else if (isHomeZone) _frozenZone++;
    }

    /// <summary>A read was answered.</summary>
    public void Answer(bool isLocal, bool isZone, TimeSpan time)
    {
        _answered++;
        _time += time;
        if (isLocal) _local++;
        else if (isZone) _zone++;
    }

    /// <summary>A copy came or went.</summary>
    public void Moved(DriftNode node, ulong chain, bool isHere, TimeSpan now)
    {
        if (!isHere)
        {
            node.LeftAt[chain] = now;
            return;
        }
        _pulls++;
        if (node.LeftAt.TryGetValue(chain, out TimeSpan left) && now - left <= _repullTime) _repulls++;
    }

    public void EndStep()
    {
        _byStep.Add((_local - _localBefore) / (double)Math.Max(1, _answered - _answeredBefore));
        _frozenByStep.Add((_frozenLocal - _frozenBefore) / (double)Math.Max(1, _asked - _askedBefore));
        (_askedBefore, _frozenBefore, _answeredBefore, _localBefore) = (_asked, _frozenLocal, _answered, _local);
    }

    public DriftOutcome Outcome(string trace)
    {
        TimeSpan frozen = (_frozenLocal * options.LocalTime) + (_frozenZone * options.ZoneTime) + ((_asked - _frozenLocal - _frozenZone) * options.RemoteTime);
        return new DriftOutcome
        {
            LocalShare = _local / (double)_answered,
            FrozenLocalShare = _frozenLocal / (double)_asked,
            RemoteShare = (_answered - _local - _zone) / (double)_answered,
            MeanMilliseconds = _time.TotalMilliseconds / _answered,
            FrozenMeanMilliseconds = frozen.TotalMilliseconds / _asked,
            Reads = _answered,
            Pulls = _pulls,
            Repulls = _repulls,
            SlotsToFill = SlotsToFill,
            LocalByStep = _byStep,
            FrozenByStep = _frozenByStep,
            Trace = trace,
        };
    }
}
