using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

internal sealed partial class ChunkCatalog
{
    private long _generation;

    /// <summary>Counts the puts that have begun; what is put or met by a put is stamped with it.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>Chunks that nothing refers to, and their bytes, while <see cref="CountsReferences"/>.</summary>
    public (long Chunks, long Bytes) Unreferenced => _memory.Unreferenced;

    /// <summary>Whether references are counted. Paging out ends it.</summary>
    public bool CountsReferences => _memory.CountsReferences;

    /// <summary>Begins another generation.</summary>
    public long NextGeneration() => Interlocked.Increment(ref _generation);

    /// <summary>Begins to count references, at nothing.</summary>
    /// <returns>False when chunks are paged out: there is no room for their counts.</returns>
    public bool TryCountReferences()
    {
        lock (_moving)
        {
            if (!_paged.IsEmpty) return false;
            _memory.CountReferences(areCounted: true, Generation);
            return true;
        }
    }

    /// <inheritdoc cref="ChunkIndex.Adjust"/>
    public ReferenceCount Adjust(in BlobHash hash, int data, int nodes) => _memory.Adjust(hash, data, nodes, Generation);

    /// <inheritdoc cref="ChunkIndex.CountOf"/>
    public ReferenceCount CountOf(in BlobHash hash) => _memory.CountOf(hash);

    /// <summary>Whether a chunk is there to stay, and notes that a put has met it.</summary>
    /// <exception cref="HintException">As <see cref="TryGet(in BlobHash, out RecordLocation)"/>.</exception>
    public bool Touch(in BlobHash hash)
    {
        while (true)
        {
            if (!TryResolve(hash, out _, out RecordLocation inMemory)) return false;
            // What is paged out has no room for a stamp; nothing is collected then while a put is under way.
            if (inMemory == default || _memory.Touch(hash, Generation)) return true;
            if (_memory.TryGet(hash, out RecordLocation now) && now == inMemory) return false;
        }
    }

    /// <inheritdoc cref="ChunkIndex.Condemn"/>
    public bool Condemn(in BlobHash hash, RecordLocation expected, long oldest) => _memory.Condemn(hash, expected, oldest, Generation);

    /// <inheritdoc cref="ChunkIndex.Pardon"/>
    public void Pardon(in BlobHash hash) => _memory.Pardon(hash, Generation);

    /// <inheritdoc cref="ChunkIndex.ListUnreferenced"/>
    public void ListUnreferenced(int shard, long oldest, List<KeyValuePair<BlobHash, RecordLocation>> into) =>
        _memory.ListUnreferenced(shard, oldest, Generation, into);
}
