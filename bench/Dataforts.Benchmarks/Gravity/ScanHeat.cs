namespace Dataforts.Benchmarks.Gravity;

/// <summary>A bounded count that looks for its victim by visiting every entry.</summary>
internal sealed class ScanHeat(int capacity)
{
    private readonly Dictionary<ulong, (double Rate, long At)> _counts = [];

    public void Bump(ulong key, long now)
    {
        if (!_counts.TryGetValue(key, out (double Rate, long At) count) && _counts.Count == capacity)
        {
            ulong oldest = 0;
            long least = long.MaxValue;
            foreach ((ulong other, (double _, long at)) in _counts)
            {
                if (at < least) (oldest, least) = (other, at);
            }
            _counts.Remove(oldest);
        }
        _counts[key] = (count.Rate + 1, now);
    }
}
