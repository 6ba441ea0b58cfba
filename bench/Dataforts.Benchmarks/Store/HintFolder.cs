using Dataforts.Content;
using Dataforts.Log;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Benchmarks.Store;

/// <summary>Hint files of made-up segments in a folder of their own, and a count of the reads of them. Disposing deletes them.</summary>
internal sealed class HintFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("dataforts-hints-").FullName;
    private readonly List<HintBytes> _bytes = [];
    private readonly int _chunks;
    private long _reads;

    public HintFolder(int segments, int chunks)
    {
        _chunks = chunks;
        var storeId = Guid.NewGuid();
        var files = new List<HintFile>();
        for (int i = 0; i < segments; i++)
        {
            string path = Path.Combine(_path, $"{i}.hints");
            BlobHash[] hashes = IndexRates.Hashes(chunks, SeedOf(i));
            HintChunk[] entries = [.. hashes.Select((hash, n) => new HintChunk(hash, (uint)n * 65_600, 65_536))];
            SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
            var bytes = new MemoryStream();
            HintWriter.Write(new HintSummary(storeId, (uint)i + 1, 0, 0), 0, entries, [], (piece, _) => bytes.Write(piece));
            RandomAccess.Write(file, bytes.GetBuffer().AsSpan(0, (int)bytes.Length), 0);
            _bytes.Add(new HintBytes(file, this));
            files.Add(HintFile.Open(_bytes[^1], path, storeId, (uint)i + 1));
        }
        Files = files;
    }

    public IReadOnlyList<HintFile> Files { get; }

    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Chunks from anywhere among the segments.</summary>
    public BlobHash[] SomeHashes(int count)
    {
        var random = new Random(1);
        var some = new BlobHash[count];
        for (int i = 0; i < count; i++) some[i] = IndexRates.Hash(SeedOf(random.Next(Files.Count)), random.Next(_chunks));
        return some;
    }

    public void Dispose()
    {
        foreach (HintBytes bytes in _bytes) bytes.File.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private static ulong SeedOf(int segment) => (ulong)segment + 1_000;

    private sealed class HintBytes(SafeFileHandle file, HintFolder folder) : IHintBytes
    {
        public SafeFileHandle File { get; } = file;

        public long Length => RandomAccess.GetLength(File);

        public int Read(Span<byte> destination, long offset)
        {
            Interlocked.Increment(ref folder._reads);
            return RandomAccess.Read(File, destination, offset);
        }
    }
}
