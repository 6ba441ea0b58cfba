using System.Buffers;
using System.Threading.Tasks.Sources;
using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>Appends of one channel that are written together, as one record of the log, and the results that their callers wait for.</summary>
/// <remarks>The channel's gate guards filling; results are thread-safe. One whose results were all taken is used again; where a caller never takes one, the
/// block is left to the garbage collector.</remarks>
internal sealed class PendingBlock(SharedCredit home) : IValueTaskSource<ulong>
{
    /// <summary>Appends of a block: their index and a generation share the 16 bits of a result's token.</summary>
    public const int MaxAppends = 1 << IndexBits;

    private const int IndexBits = 9;
    private const int MaxBytes = 64 << 10;
    private const int FirstEvents = MaxAppends;

    // Of full length from the start: whoever waits registers while others are still added.
    private readonly ManualResetValueTaskSourceCore<ulong>[] _results = new ManualResetValueTaskSourceCore<ulong>[MaxAppends];
    private readonly ulong[] _numbers = new ulong[MaxAppends];
    private readonly bool[] _isDurable = new bool[MaxAppends];
    private readonly bool[] _isTaken = new bool[MaxAppends];
    private uint[] _words = new uint[FirstEvents];
    private bool _areAlike = true;
    private byte[] _bytes = [];
    private int _used;
    private int _appends;
    private int _left = 1;
    private int _generation;

    public int Count { get; private set; }

    public int Bytes => _used;

    /// <summary>The number that its first event was promised.</summary>
    public ulong First { get; set; }

    /// <summary>Whether there are appends in it that wait for no flush.</summary>
    public bool IsUrgent { get; set; }

    /// <summary>How many appends wait for stable storage.</summary>
    public int Durables { get; private set; }

    public bool HasDurable => Durables > 0;

    public PackedEvents Events => new(_bytes.AsSpan(0, _used), _words.AsSpan(0, Count), _areAlike);

    /// <summary>Whether an append of so many events and bytes may join.</summary>
    public bool HasRoom(int events, int bytes) =>
        Count == 0 || (_used + bytes <= _bytes.Length && _used + bytes <= MaxBytes && _appends < MaxAppends && Count + events <= ChannelLimits.MaxBatchEvents);

    /// <summary>Takes an event in.</summary>
    public void Add(in EventData data, int bytesToCome)
    {
        if (Count == 0 && _bytes.Length < Math.Max(MaxBytes, bytesToCome))
        {
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(MaxBytes, bytesToCome));
        }
        if (Count == _words.Length) Array.Resize(ref _words, _words.Length * 2);
        ReadOnlySpan<byte> payload = data.Payload.Span;
        payload.CopyTo(_bytes.AsSpan(_used));
        _used += payload.Length;
        uint word = PackedEvents.WordOf(payload.Length, data.IsRef, data.IsDirectory);
        _areAlike &= word == _words[0] || Count == 0;
        _words[Count++] = word;
    }

    /// <summary>Closes an append, and gives what its caller waits for.</summary>
    /// <param name="first">The number that it gets when the block is written.</param>
    /// <param name="isDurable">Whether its caller waits for stable storage, too.</param>
    public ValueTask<ulong> EndAppendAsync(ulong first, bool isDurable)
    {
        int index = _appends++;
        _numbers[index] = first;
        _isDurable[index] = isDurable;
        if (isDurable) Durables++;
        _left++;
        _results[index].RunContinuationsAsynchronously = true;
        return new ValueTask<ulong>(this, (short)((_generation << IndexBits) | index));
    }

    /// <summary>The block is written: whoever does not wait for stable storage goes on.</summary>
    public void Written()
    {
        for (int i = 0; i < _appends; i++)
        {
            if (!_isDurable[i]) _results[i].SetResult(_numbers[i]);
        }
        if (!HasDurable) Release();
    }

    /// <summary>The block is on stable storage.</summary>
    public void Flushed()
    {
        for (int i = 0; i < _appends; i++)
        {
            if (_isDurable[i]) _results[i].SetResult(_numbers[i]);
        }
        Release();
    }

    /// <summary>It was not written, or, behind <see cref="Written"/>, not flushed.</summary>
    public void Failed(Exception error, bool isWritten)
    {
        for (int i = 0; i < _appends; i++)
        {
            if (!isWritten || _isDurable[i]) _results[i].SetException(error);
        }
        Release();
    }

    /// <inheritdoc/>
    public ulong GetResult(short token)
    {
        ref ManualResetValueTaskSourceCore<ulong> result = ref ResultOf(token);
        short version = result.Version;
        if (result.GetStatus(version) == ValueTaskSourceStatus.Pending) throw new InvalidOperationException("the append is still under way; await it");
        _isTaken[(ushort)token & (MaxAppends - 1)] = true;
        try
        {
            // blocking: not here, as it is done
            return result.GetResult(version);
        }
        finally
        {
            Release();
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        ref ManualResetValueTaskSourceCore<ulong> result = ref ResultOf(token);
        return result.GetStatus(result.Version);
    }

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        ref ManualResetValueTaskSourceCore<ulong> result = ref ResultOf(token);
        result.OnCompleted(continuation, state, result.Version, flags);
    }

    private ref ManualResetValueTaskSourceCore<ulong> ResultOf(short token)
    {
        int bits = (ushort)token;
        int index = bits & (MaxAppends - 1);
        if (bits >> IndexBits != (_generation & (0xFFFF >> IndexBits)) || _isTaken[index])
            throw new InvalidOperationException("the result of an append is taken once");
        return ref _results[index];
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _left) == 0) Recycle();
    }

    private void Recycle()
    {
        for (int i = 0; i < _appends; i++) _results[i].Reset();
        _areAlike = true;
        _generation++;
        Array.Clear(_isTaken, 0, _appends);
        _left = 1;
        _used = _appends = Count = 0;
        Durables = 0;
        IsUrgent = false;
        if (_bytes.Length > 2 * MaxBytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
        home.Return(this);
    }
}
