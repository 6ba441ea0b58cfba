namespace Dataforts.Channels;

/// <summary>Events in memory that follow each other.</summary>
internal sealed class MemoryPage(ulong first, int bytes)
{
    public const int MaxEvents = 2048;
    public const int MaxBytes = 64 << 10;

    private const int FirstEvents = 4;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(bytes);
    private (int End, bool IsRef, long TimeMs)[] _entries = new (int, bool, long)[FirstEvents];

    public ulong First => first;

    public int Count { get; private set; }

    /// <summary>The number behind its last event.</summary>
    public ulong End => first + (ulong)Count;

    public int Bytes => _bytes.Length;

    private int Used => Count == 0 ? 0 : _entries[Count - 1].End;

    public bool TryAdd(ReadOnlySpan<byte> payload, bool isRef, long timeMs)
    {
        int used = Used;
        if (Count == MaxEvents || payload.Length > _bytes.Length - used) return false;
        payload.CopyTo(_bytes.AsSpan(used));
        if (Count == _entries.Length) Array.Resize(ref _entries, Math.Min(MaxEvents, Count * 4));
        _entries[Count++] = (used + payload.Length, isRef, timeMs);
        return true;
    }

    public bool Contains(ulong number) => number - first < (ulong)Count;

    public ReadOnlyMemory<byte> Payload(ulong number)
    {
        int index = (int)(number - first), start = index == 0 ? 0 : _entries[index - 1].End;
        return _bytes.AsMemory(start, _entries[index].End - start);
    }

    public int LengthOf(ulong number)
    {
        int index = (int)(number - first);
        return _entries[index].End - (index == 0 ? 0 : _entries[index - 1].End);
    }

    public bool IsRef(ulong number) => _entries[number - first].IsRef;

    public long TimeMs(ulong number) => _entries[number - first].TimeMs;
}
