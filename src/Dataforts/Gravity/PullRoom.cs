using System.Collections.Immutable;

namespace Dataforts.Gravity;

/// <summary>The room of one plan: what is free, then what the victims leave, the least worth a byte first. Room that is overdrawn is made good
/// first.</summary>
internal sealed class PullRoom<TKey>
    where TKey : struct, IComparable<TKey>
{
    private readonly List<(PullVictim<TKey> Victim, double Worth)> _victims = [];
    private readonly double _factor;
    private long _free;
    private int _next;

    public PullRoom(ReadOnlySpan<PullVictim<TKey>> victims, long freeBytes, PullPolicy policy)
    {
        foreach (PullVictim<TKey> victim in victims)
        {
            if (victim.SizeBytes > 0) _victims.Add((victim, PullPlanner.Gain(victim.Rate, victim.Saved, policy)));
        }
        _victims.Sort(static (a, b) =>
        {
            double first = a.Worth / a.Victim.SizeBytes, second = b.Worth / b.Victim.SizeBytes;
            return first != second ? first.CompareTo(second) : a.Victim.Key.CompareTo(b.Victim.Key);
        });
        (_free, _factor) = (freeBytes, policy.Factor);
    }

    /// <summary>Takes room when what must leave for it is worth little enough beside <paramref name="gain"/>.</summary>
    public bool TryMake(long bytes, double gain, out ImmutableArray<TKey> leaving)
    {
        leaving = [];
        int end = _next;
        double worth = 0;
        long room = _free;
        while (room < bytes)
        {
            if (end == _victims.Count) return false;
            room += _victims[end].Victim.SizeBytes;
            worth += _victims[end++].Worth;
            if (gain < _factor * worth) return false;
        }
        leaving = [.. _victims[_next..end].Select(victim => victim.Victim.Key)];
        (_next, _free) = (end, room - bytes);
        return true;
    }
}
