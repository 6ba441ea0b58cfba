namespace Dataforts.Simulation.Caching;

/// <summary>For each request of a trace, the number of the next one for the same key in the same size: what only a second pass can know.</summary>
/// <remarks>4 bytes a request, and a dictionary of the distinct keys while it is made.</remarks>
internal sealed class NextUses
{
    /// <summary>Stands for "not again".</summary>
    public const uint Never = uint.MaxValue;

    private const int BlockLength = 1 << 16;

    private readonly List<uint[]> _blocks = [];
    private readonly Dictionary<ulong, (uint Last, ulong SizeBytes)> _last = [];
    private uint _count;

    /// <summary>How many requests were taken in.</summary>
    public long Count => _count;

    /// <summary>Takes the next request in.</summary>
    /// <exception cref="TraceFormatException">There are too many.</exception>
    public void Add(in TraceRequest request)
    {
        if (_count == Never) throw new TraceFormatException(_count, "an optimum is worked out for at most 2^32 - 2 requests");
        if (_count % BlockLength == 0) _blocks.Add(new uint[BlockLength]);
        _blocks[^1][_count % BlockLength] = Never;
        ref (uint Last, ulong SizeBytes) last =
            ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_last, request.Key, out bool known);
        // In another size it is a miss, whoever was kept.
        if (known && last.SizeBytes == request.SizeBytes) _blocks[(int)(last.Last / BlockLength)][last.Last % BlockLength] = _count;
        last = (_count++, request.SizeBytes);
    }

    /// <summary>All requests are in: what was needed to match them is let go.</summary>
    public void Complete()
    {
        _last.Clear();
        _last.TrimExcess();
    }

    /// <summary>Copies what is known of a run of requests.</summary>
    public void CopyTo(long first, Span<uint> target)
    {
        for (int i = 0; i < target.Length; i++) target[i] = _blocks[(int)((first + i) / BlockLength)][(first + i) % BlockLength];
    }
}
