namespace Dataforts.Channels;

/// <summary>Events in memory whose payloads lie one behind the other: bytes that readers hold on to after the page has gone. Not thread-safe.</summary>
internal sealed class MemoryPage(ulong first, int bytes)
{
    public const int MaxEvents = 2048;
    public const int MaxBytes = 64 << 10;

    private const int FirstEvents = 4;
    private const uint RefBit = 1u << 31;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(bytes);

    // Where each payload ends, and in the highest bit whether it is a ref.
    private uint[] _ends = new uint[FirstEvents];

    // When they were written: many in one millisecond, so one entry for all of them. What is kept for each event is copied by the garbage collector
    // more than once, and that would cost more than the append.
    private (int From, long Ms)[] _times = new (int, long)[1];
    private int _timeCount;
    private int _used;

    public ulong First => first;

    public int Count { get; private set; }

    /// <summary>The number behind its last event.</summary>
    public ulong End => first + (ulong)Count;

    public int Bytes => _bytes.Length;

    public bool TryAdd(ReadOnlySpan<byte> payload, bool isRef, long timeMs)
    {
        if (Count == MaxEvents || payload.Length > _bytes.Length - _used) return false;
        payload.CopyTo(_bytes.AsSpan(_used));
        _used += payload.Length;
        if (Count == _ends.Length) Array.Resize(ref _ends, Math.Min(MaxEvents, Count * 4));
        if (_timeCount == 0 || _times[_timeCount - 1].Ms != timeMs)
        {
            if (_timeCount == _times.Length) Array.Resize(ref _times, _timeCount * 2);
            _times[_timeCount++] = (Count, timeMs);
        }
        _ends[Count++] = (uint)_used | (isRef ? RefBit : 0);
        return true;
    }

    public bool Contains(ulong number) => number - first < (ulong)Count;

    public ReadOnlyMemory<byte> Payload(ulong number)
    {
        int index = (int)(number - first), start = StartOf(index);
        return _bytes.AsMemory(start, EndOf(index) - start);
    }

    public int LengthOf(ulong number)
    {
        int index = (int)(number - first);
        return EndOf(index) - StartOf(index);
    }

    public bool IsRef(ulong number) => (_ends[number - first] & RefBit) != 0;

    public long TimeMs(ulong number)
    {
        int index = (int)(number - first), low = 0, high = _timeCount;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (_times[middle].From <= index) low = middle;
            else high = middle;
        }
        return _times[low].Ms;
    }

    private int StartOf(int index) => index == 0 ? 0 : EndOf(index - 1);

    private int EndOf(int index) => (int)(_ends[index] & ~RefBit);
}
