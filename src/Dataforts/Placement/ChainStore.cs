namespace Dataforts.Placement;

/// <summary>What a node keeps of chains beside the cache: its own newest events, and the copies that it pulled.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ChainStore(ulong origin, PlacementNodeOptions options)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, ChainCopy> _copies = [];
    private readonly HashSet<ulong> _coming = [];
    private readonly ChainCopy _own = new(options.OwnBytes, options.OwnEvents);
    private int _count;

    /// <summary>Copies that are here.</summary>
    public int Copies
    {
        get { lock (_gate) return _copies.Count; }
    }

    /// <summary>Room that no copy has been promised.</summary>
    public long FreeBytes
    {
        get { lock (_gate) return options.CopyBytes - ((_copies.Count + _coming.Count) * options.ChainBytes); }
    }

    /// <summary>The chains that copies are here of, in order.</summary>
    public ulong[] Chains()
    {
        lock (_gate) return [.. _copies.Keys];
    }

    /// <summary>Whether a chain is here for another reason than that it flowed past.</summary>
    public bool Holds(ulong chain)
    {
        if (chain == origin) return true;
        lock (_gate) return _copies.ContainsKey(chain);
    }

    public bool IsComing(ulong chain)
    {
        lock (_gate) return _coming.Contains(chain);
    }

    /// <summary>Keeps an event of a chain that is held; of another, nothing.</summary>
    public void Add(string channel, ulong chain, ulong sequence, long timeMs, ReadOnlySpan<byte> payload)
    {
        // Most events are of chains that are not copied: those take no lock.
        if (chain != origin && Volatile.Read(ref _count) == 0) return;
        lock (_gate)
        {
            if (Of(chain) is { } copy) copy.Add(channel, sequence, timeMs, payload);
        }
    }

    public bool TryRead(string channel, ulong chain, ulong sequence, out StoredEvent found)
    {
        found = default;
        lock (_gate) return Of(chain) is { } copy && copy.TryRead(channel, sequence, out found);
    }

    /// <summary>A page of a chain from a place on; null for a chain that is not held.</summary>
    public byte[]? Page(ulong chain, string channel, ulong sequence)
    {
        lock (_gate)
        {
            if (Of(chain) is not { } copy) return null;
            var page = new MemoryStream();
            page.WriteByte(ChainWire.Here);
            while (copy.TryNext(channel, sequence, out string? found, out ulong at, out StoredEvent item))
            {
                (channel, sequence) = (found, at + 1);
                // One that fits no page stays behind: it is read from here by itself.
                if (!ChainWire.Fits(found, item.Payload.Length)) continue;
                if (!ChainWire.TryAdd(page, found, at, item.TimeMs, item.Payload)) break;
            }
            return page.ToArray();
        }
    }

    /// <summary>Sets room aside for a copy. False when one is here or on its way.</summary>
    public bool TryExpect(ulong chain)
    {
        lock (_gate) return chain != origin && !_copies.ContainsKey(chain) && _coming.Add(chain);
    }

    /// <summary>The copy has come, or, when there is none, will not.</summary>
    public void Settle(ulong chain, ChainCopy? copy)
    {
        lock (_gate)
        {
            _coming.Remove(chain);
            if (copy is not null) _copies[chain] = copy;
            Volatile.Write(ref _count, _copies.Count);
        }
    }

    public void Drop(ulong chain)
    {
        lock (_gate)
        {
            _copies.Remove(chain);
            Volatile.Write(ref _count, _copies.Count);
        }
    }

    private ChainCopy? Of(ulong chain) => chain == origin ? _own : _copies.GetValueOrDefault(chain);
}
