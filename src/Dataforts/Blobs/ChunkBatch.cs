using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Neighbouring chunks of one block of input: hashed by one task, stored by one call.</summary>
internal sealed class ChunkBatch(int capacity) : IDisposable
{
    private readonly VerifiedChunk[] _chunks = new VerifiedChunk[capacity];
    private readonly int[] _ends = new int[capacity];
    private readonly bool[] _isNew = new bool[capacity];
    private InputBlock? _block;
    private long _position;
    private int _start;
    private bool _isKept;

    public int Count { get; private set; }

    public int Bytes => Count == 0 ? 0 : _ends[Count - 1] - _start;

    /// <summary>The chunk's place, and what became of it once the batch is stored.</summary>
    public CutChunk this[int index]
    {
        get
        {
            int start = StartOf(index);
            return new CutChunk(_position + start - _start, _ends[index] - start, _chunks[index].Hash, _isNew[index]);
        }
    }

    /// <summary>Empties the batch, for chunks from <paramref name="start"/> of a block on, which is <paramref name="position"/> of the stream.</summary>
    public void Begin(InputBlock block, int start, long position)
    {
        _block = block;
        _start = start;
        _position = position;
        Count = 0;
    }

    /// <summary>Adds the next chunk.</summary>
    public void Add(int length)
    {
        _ends[Count] = StartOf(Count) + length;
        Count++;
    }

    /// <summary>Keeps the block while the batch is worked on; <see cref="Release"/> lets go of it.</summary>
    public void Hold() => _block!.Hold();

    public void Release() => _block!.Release();

    /// <summary>Keeps the block until <see cref="Dispose"/>, for whoever looks at the chunks' bytes when they are stored.</summary>
    public void Keep()
    {
        _isKept = true;
        Hold();
    }

    /// <summary>Lets go of what <see cref="Keep"/> keeps.</summary>
    public void Dispose()
    {
        if (!_isKept) return;
        _isKept = false;
        Release();
    }

    /// <summary>A chunk's bytes while they are kept; the block has to be held for longer than that.</summary>
    public (InputBlock Block, ReadOnlyMemory<byte> Bytes) BytesOf(int index) => (_block!, _block!.Memory[StartOf(index).._ends[index]]);

    public void Hash()
    {
        for (int i = 0; i < Count; i++) _chunks[i] = ChunkVerifier.Hash(_block!.Memory[StartOf(i).._ends[i]]);
    }

    public ValueTask StoreAsync(IChunkSink sink, CancellationToken cancellationToken) =>
        sink.StoreAsync(_chunks.AsMemory(0, Count), _isNew.AsMemory(0, Count), cancellationToken);

    private int StartOf(int index) => index == 0 ? _start : _ends[index - 1];
}
