using System.Runtime.ExceptionServices;
using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>Slices that follow one another: one task fetches and verifies them. It ends at the first that fails; what came before is good.</summary>
/// <remarks>Planned, worked on and taken from by one at a time.</remarks>
internal sealed class SliceBatch(int capacity) : IDisposable
{
    private readonly PlannedSlice[] _planned = new PlannedSlice[capacity];
    private readonly VerifiedSlice[] _verified = new VerifiedSlice[capacity];
    private ExceptionDispatchInfo? _error;
    private int _done;
    private int _taken;

    public int Count { get; private set; }

    /// <summary>Bytes of the chunks, by the refs and nodes that name them.</summary>
    public long ChunkBytes { get; private set; }

    public void Clear()
    {
        _error = null;
        Count = _done = _taken = 0;
        ChunkBytes = 0;
    }

    public void Plan(in PlannedSlice slice)
    {
        _planned[Count++] = slice;
        ChunkBytes += slice.ChunkBytes;
    }

    /// <summary>The chunk of the slice that was taken last.</summary>
    public BlobHash TakenHash => _planned[_taken - 1].Hash;

    /// <summary>The next slice that is to be read.</summary>
    public bool TryNext(out PlannedSlice slice)
    {
        slice = _done < Count ? _planned[_done] : default;
        return _done < Count;
    }

    /// <summary>What came of it.</summary>
    public void Add(VerifiedSlice slice) => _verified[_done++] = slice;

    /// <summary>Keeps the error of the next slice; nothing is read behind it.</summary>
    public void Fail(Exception error) => _error = ExceptionDispatchInfo.Capture(error);

    /// <summary>Hands out the next verified slice, which is the caller's then.</summary>
    public bool TryTake(out VerifiedSlice slice)
    {
        slice = _taken < _done ? _verified[_taken] : default;
        return _taken < _done && ++_taken > 0;
    }

    public void ThrowIfFailed() => _error?.Throw();

    /// <summary>Releases what nobody has taken.</summary>
    public void Dispose()
    {
        while (TryTake(out VerifiedSlice slice)) slice.Dispose();
    }
}
