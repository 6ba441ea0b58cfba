using System.Buffers;

namespace Dataforts.Blobs;

/// <summary>Verified bytes in memory, in the buffers their chunks were read into. Dispose it once, when the bytes are done with.</summary>
/// <remarks>Not thread-safe to dispose; the bytes may be read by any number of threads until then.</remarks>
public sealed class BlobSequence : IDisposable
{
    // A tree may cut its content as fine as it likes: below this a buffer of its own would cost more than the bytes it holds.
    private const int GatherBelowBytes = 4096;
    private const int GatherBytes = 64 * 1024;

    private readonly List<IDisposable> _owned = [];
    private IMemoryOwner<byte>? _gathering;
    private int _gathered;
    private Segment? _first;
    private Segment? _last;

    /// <summary>The bytes. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySequence<byte> Bytes
    {
        get
        {
            Close();
            return _first is null || _last is null
                ? ReadOnlySequence<byte>.Empty
                : _first == _last ? new ReadOnlySequence<byte>(_first.Memory) : new ReadOnlySequence<byte>(_first, 0, _last, _last.Memory.Length);
        }
    }

    /// <summary>Gives the buffers back to the pool.</summary>
    public void Dispose()
    {
        _gathering?.Dispose();
        _gathering = null;
        foreach (IDisposable owned in _owned) owned.Dispose();
        _owned.Clear();
        _first = _last = null;
    }

    /// <summary>Whether nothing was appended yet, not even a slice without bytes.</summary>
    internal bool IsNew => _last is null && _gathering is null;

    /// <summary>Takes the next slice over. What is all of the read stays where it was read, however small.</summary>
    internal void Append(VerifiedSlice slice, bool isAll)
    {
        if (isAll || slice.Memory.Length >= GatherBelowBytes)
        {
            Close();
            _owned.Add(slice.Owner);
            Link(slice.Memory);
            return;
        }
        using (slice) Gather(slice.Memory.Span);
    }

    private void Gather(ReadOnlySpan<byte> bytes)
    {
        if (_gathering is not null && _gathered + bytes.Length > GatherBytes) Close();
        _gathering ??= MemoryPool<byte>.Shared.Rent(GatherBytes);
        bytes.CopyTo(_gathering.Memory.Span[_gathered..]);
        _gathered += bytes.Length;
    }

    private void Close()
    {
        if (_gathering is not { } full) return;
        _owned.Add(full);
        Link(full.Memory[.._gathered]);
        _gathering = null;
        _gathered = 0;
    }

    private void Link(ReadOnlyMemory<byte> memory)
    {
        _last = new Segment(memory, _last);
        _first ??= _last;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
