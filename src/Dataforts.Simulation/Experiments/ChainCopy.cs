using System.Buffers.Binary;

namespace Dataforts.Simulation.Experiments;

/// <summary>A chain's events as a node keeps them: its own, or a copy that it pulled. The newest stay when there are too many.</summary>
internal sealed class ChainCopy(int most)
{
    private const int HeaderBytes = 12;

    private readonly SortedList<ulong, byte[]> _events = [];

    public long Bytes { get; private set; }

    public int Count => _events.Count;

    public void Add(ulong sequence, ReadOnlySpan<byte> payload)
    {
        if (!_events.TryAdd(sequence, payload.ToArray())) return;
        Bytes += payload.Length;
        if (_events.Count <= most) return;
        Bytes -= _events.GetValueAtIndex(0).Length;
        _events.RemoveAt(0);
    }

    public bool TryRead(ulong sequence, out ReadOnlyMemory<byte> payload)
    {
        bool isHere = _events.TryGetValue(sequence, out byte[]? bytes);
        payload = bytes;
        return isHere;
    }

    /// <summary>All of it, as it goes to another node.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Bytes + ((long)HeaderBytes * Count)];
        Span<byte> rest = bytes;
        foreach ((ulong sequence, byte[] payload) in _events)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, sequence);
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], payload.Length);
            payload.CopyTo(rest[HeaderBytes..]);
            rest = rest[(HeaderBytes + payload.Length)..];
        }
        return bytes;
    }

    public void AddEncoded(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= HeaderBytes)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes), bytes.Slice(HeaderBytes, length));
            bytes = bytes[(HeaderBytes + length)..];
        }
    }
}
