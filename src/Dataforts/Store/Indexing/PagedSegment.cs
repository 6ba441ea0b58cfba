using System.Buffers.Binary;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>A segment whose chunks are in its hint file; in memory are the first eight bytes of each page's first hash.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PagedSegment
{
    // What the objects themselves take, besides the fences.
    private const int ObjectBytes = 256;

    private static uint s_lastNumber;

    private readonly ulong[] _fences;

    // Unlike the segment's id this changes when a file is replaced, so that pages of the old one are not taken for the new one's.
    private readonly uint _number = Interlocked.Increment(ref s_lastNumber);
    private bool _isDropped;

    private PagedSegment(HintFile file, ulong[] fences)
    {
        File = file;
        _fences = fences;
    }

    public HintFile File { get; }

    public uint Id => File.Segment;

    public int Count => File.ChunkCount;

    public long MemoryBytes => ObjectBytes + (_fences.Length * (long)sizeof(ulong));

    /// <summary>Whether the segment is gone: what is found here does not count any more.</summary>
    public bool IsDropped => Volatile.Read(ref _isDropped);

    public void Drop() => Volatile.Write(ref _isDropped, true);

    /// <summary>The first eight bytes of a hash, as a number in the hashes' order.</summary>
    public static ulong PrefixOf(in BlobHash hash) => BinaryPrimitives.ReadUInt64BigEndian(hash.Span);

    /// <summary>Reads every page once, and checks their order.</summary>
    /// <exception cref="HintException">A page is damaged, out of order or cannot be read.</exception>
    public static PagedSegment Load(HintFile file)
    {
        var fences = new ulong[file.ChunkPages];
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        BlobHash last = default;
        for (int i = 0; i < fences.Length; i++)
        {
            int count = file.ReadChunks(i + 1, page);
            fences[i] = PrefixOf(HintPage.HashAt(page, 0));
            for (int entry = 0; entry < count; entry++)
            {
                ref readonly BlobHash hash = ref HintPage.HashAt(page, entry);
                if ((i > 0 || entry > 0) && last.CompareTo(hash) >= 0)
                    throw new HintException(file.Segment, file.Path, (i + 1L) * HintPage.SizeBytes, "the chunks are not in order");
                last = hash;
            }
        }
        return new PagedSegment(file, fences);
    }

    /// <summary>Looks a chunk up: one page read, unless it is in the cache.</summary>
    /// <exception cref="HintException">The page is damaged or cannot be read: whether the chunk is there is not known.</exception>
    public bool TryFind(in BlobHash hash, PageCache cache, out RecordLocation location)
    {
        ulong prefix = PrefixOf(hash);
        // Behind a page that begins with the same eight bytes the one before may end with them too.
        for (int page = LastPageFor(prefix); page >= 0; page--)
        {
            if (cache.TryFind(_number, File, page + 1, hash, out HintChunk chunk))
            {
                location = new RecordLocation(Id, chunk.Offset, chunk.Length);
                return true;
            }
            if (_fences[page] != prefix) break;
        }
        location = default;
        return false;
    }

    /// <summary>The first page, from 0, that can hold a hash with this prefix or a higher one.</summary>
    public int FirstPageFor(ulong prefix) => prefix == 0 ? 0 : Math.Max(LastPageFor(prefix - 1), 0);

    /// <summary>The last page that begins with this prefix or a lower one; -1 when there is none.</summary>
    public int LastPageFor(ulong prefix)
    {
        int low = 0, high = _fences.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_fences[middle] <= prefix) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}
