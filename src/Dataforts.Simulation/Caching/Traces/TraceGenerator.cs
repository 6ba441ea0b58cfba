namespace Dataforts.Simulation.Caching.Traces;

/// <summary>Makes up traces of one kind. The seed also draws the kind's parameters, such as how skewed it is.</summary>
/// <param name="name">The word it is asked for by.</param>
/// <param name="purpose">What it is like, in one line.</param>
/// <param name="keys">Draws one (key, size) after the other, without end; is told how many will be taken.</param>
public sealed class TraceGenerator(string name, string purpose, Func<ulong, long, IEnumerable<(ulong Key, ulong SizeBytes)>> keys)
{
    /// <summary>The word it is asked for by.</summary>
    public string Name { get; } = name;

    /// <summary>What it is like, in one line.</summary>
    public string Purpose { get; } = purpose;

    /// <summary>A trace, made while it is read. The same seed and length give the same requests.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 0.</exception>
    public IEnumerable<TraceRequest> Generate(ulong seed, long requests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(requests);
        return Requests(seed, requests);
    }

    private IEnumerable<TraceRequest> Requests(ulong seed, long requests)
    {
        ulong time = 0;
        if (requests == 0) yield break;
        foreach ((ulong key, ulong size) in keys(seed, requests))
        {
            yield return new TraceRequest(time++, key, size);
            if (time == (ulong)requests) yield break;
        }
    }
}
