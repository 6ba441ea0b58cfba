using System.Buffers;

namespace Dataforts.Blobs;

/// <summary>Verified bytes in memory, in the buffers their chunks were read into. Dispose it once, when the bytes are done with.</summary>
/// <remarks>Not thread-safe to dispose; the bytes may be read by any number of threads until then.</remarks>
public sealed class BlobSequence : IDisposable
{
    private readonly List<VerifiedSlice> _slices = [];
    private Segment? _first;
    private Segment? _last;

    /// <summary>The bytes. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySequence<byte> Bytes => _first is null || _last is null
        ? ReadOnlySequence<byte>.Empty
        : _first == _last ? new ReadOnlySequence<byte>(_first.Memory) : new ReadOnlySequence<byte>(_first, 0, _last, _last.Memory.Length);

    /// <summary>Gives the buffers back to the pool.</summary>
    public void Dispose()
    {
        foreach (VerifiedSlice slice in _slices) slice.Dispose();
        _slices.Clear();
        _first = _last = null;
    }

    internal void Append(VerifiedSlice slice)
    {
        _slices.Add(slice);
        _last = new Segment(slice.Memory, _last);
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
