using System.Globalization;
using System.Text;
using Dataforts.Gravity;

namespace Dataforts.Simulation.Gravity;

/// <summary>One key of one registry, bumped and ticked by a script, with a sink that may refuse.</summary>
internal sealed class EmissionCourse<TKey>(TKey key, EmissionFault fault, StringBuilder trace)
    where TKey : struct, IEquatable<TKey>, IComparable<TKey>
{
    private readonly HeatPolicy _policy = new() { EmitRatio = fault == EmissionFault.NoHysteresis ? 1.01 : 2 };
    private readonly List<(double, int)> _told = [];
    private HeatRegistry<TKey>? _registry;
    private double? _last;
    private int _emissions;
    private int _withdrawals;

    private HeatRegistry<TKey> Registry => _registry ??= new HeatRegistry<TKey>(_policy);

    public void Bump(int reads, double halfLives) => Registry.Bump(key, reads, halfLives * _policy.HalfLife);

    /// <param name="halfLives">When.</param>
    /// <param name="takes">Whether the sink takes what it is given.</param>
    public void Tick(double halfLives, bool takes = true)
    {
        TimeSpan now = halfLives * _policy.HalfLife;
        if (fault == EmissionFault.NoWireZero)
        {
            TickWithoutWire(halfLives, Registry.Rate(key, now));
            return;
        }
        if (Registry.Tick(now) is not { } batch) return;
        if (takes || fault == EmissionFault.CommitBeforeSink) Registry.Commit(batch);
        else Registry.RollBack(batch);
        if (!takes) return;
        foreach (HeatChange<TKey> change in batch.Changes) Note(halfLives, change.Verdict, change.Level);
    }

    public EmissionCounts Counts() => new(_emissions, _withdrawals, _told);

    // The decision without what others see.
    private void TickWithoutWire(double halfLives, double rate)
    {
        HeatVerdict verdict = HeatEmission.Decide(rate, _last, _policy);
        if (verdict == HeatVerdict.Suppress) return;
        _last = verdict == HeatVerdict.Emit ? rate : null;
        Note(halfLives, verdict, HeatEmission.Level(rate, _policy));
    }

    private void Note(double halfLives, HeatVerdict verdict, int level)
    {
        if (verdict == HeatVerdict.Emit) _emissions++;
        else _withdrawals++;
        _told.Add((halfLives, level));
        trace.Append(CultureInfo.InvariantCulture, $"{key} {Math.Round(halfLives, 4)} {verdict} {level}\n");
    }
}
