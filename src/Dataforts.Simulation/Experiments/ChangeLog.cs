namespace Dataforts.Simulation.Experiments;

/// <summary>When chains came to a node and went.</summary>
internal sealed class ChangeLog
{
    private readonly SortedDictionary<ulong, List<TimeSpan>> _changes = [];

    public long Total { get; private set; }

    public void Add(ulong chain, TimeSpan at)
    {
        if (!_changes.TryGetValue(chain, out List<TimeSpan>? times)) _changes[chain] = times = [];
        times.Add(at);
        Total++;
    }

    /// <summary>The most changes of one chain within any length of time, from a moment on.</summary>
    public int MostWithin(TimeSpan length, TimeSpan from)
    {
        int most = 0;
        foreach (List<TimeSpan> times in _changes.Values)
        {
            int first = 0;
            for (int last = 0; last < times.Count; last++)
            {
                while (times[first] < from || times[last] - times[first] > length)
                {
                    if (first++ == last) break;
                }
                most = Math.Max(most, last - first + 1);
            }
        }
        return most;
    }

    /// <summary>Changes by hour.</summary>
    public IReadOnlyList<(double X, double Y)> ByHour(int hours)
    {
        var counts = new int[hours];
        foreach (TimeSpan time in _changes.Values.SelectMany(times => times)) counts[Math.Min(hours - 1, (int)time.TotalHours)]++;
        return [.. counts.Select((count, hour) => ((double)hour, (double)count))];
    }
}
