using System.Collections.Concurrent;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Blobs;

/// <summary>Chunks in memory, with delays, failures and damage to order, and a count of what happens at once.</summary>
internal sealed class MemoryChunks : IChunkSource, IChunkSink
{
    private readonly ConcurrentDictionary<BlobHash, byte[]> _chunks = new();
    private readonly Lock _gate = new();
    private long _activeBytes;
    private int _fetches;
    private int _stores;

    /// <summary>Runs before each fetch; told the hash and which fetch it is, from 1.</summary>
    public Func<BlobHash, int, CancellationToken, Task>? BeforeFetch { get; set; }

    /// <summary>Runs before each store; told the chunk and which store it is, from 1.</summary>
    public Func<VerifiedChunk, int, CancellationToken, Task>? BeforeStore { get; set; }

    public bool IsImmediate { get; init; }

    /// <summary>How many chunks each call that stores several was given.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    public int Active { get; private set; }

    public int MostActive { get; private set; }

    public long MostActiveBytes { get; private set; }

    public int Fetches => _fetches;

    public int Stores => _stores;

    public ConcurrentQueue<BlobHash> Fetched { get; } = new();

    public int Count => _chunks.Count;

    public ICollection<BlobHash> Hashes => _chunks.Keys;

    public byte[] this[BlobHash hash] => _chunks[hash];

    public BlobHash Add(ReadOnlySpan<byte> bytes)
    {
        BlobHash hash = BlobHash.Compute(bytes);
        _chunks[hash] = bytes.ToArray();
        return hash;
    }

    public BlobHash Add(TreeNode node) => Add(node.Encode());

    public bool Has(BlobHash hash) => _chunks.ContainsKey(hash);

    public void Remove(BlobHash hash) => Assert.True(_chunks.TryRemove(hash, out _));

    /// <summary>Puts other bytes where the chunk was; gives back what was there.</summary>
    public byte[] Damage(BlobHash hash, Func<byte[], byte[]> damage)
    {
        byte[] sound = _chunks[hash];
        _chunks[hash] = damage([.. sound]);
        return sound;
    }

    public void Repair(BlobHash hash, byte[] sound) => _chunks[hash] = sound;

    public void ResetCounts()
    {
        lock (_gate)
        {
            _fetches = _stores = MostActive = 0;
            MostActiveBytes = 0;
            Fetched.Clear();
        }
    }

    public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        int nth = Begin(maxBytes, ref _fetches);
        Fetched.Enqueue(hash);
        try
        {
            if (BeforeFetch is { } before) await before(hash, nth, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return _chunks.TryGetValue(hash, out byte[]? bytes) ? ChunkBuffer.CopyOf(bytes) : null;
        }
        finally
        {
            End(maxBytes);
        }
    }

    public async ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken)
    {
        int nth = Begin(chunk.Bytes.Length, ref _stores);
        try
        {
            if (BeforeStore is { } before) await before(chunk, nth, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            byte[] copy = chunk.Bytes.ToArray();
            Assert.Equal(chunk.Hash, BlobHash.Compute(copy));
            return _chunks.TryAdd(chunk.Hash, copy);
        }
        finally
        {
            End(chunk.Bytes.Length);
        }
    }

    public async ValueTask StoreAsync(ReadOnlyMemory<VerifiedChunk> chunks, Memory<bool> isNew, CancellationToken cancellationToken)
    {
        Batches.Enqueue(chunks.Length);
        Assert.Equal(chunks.Length, isNew.Length);
        for (int i = 0; i < chunks.Length; i++)
        {
            bool stored = await StoreAsync(chunks.Span[i], cancellationToken);
            isNew.Span[i] = stored;
        }
    }

    private int Begin(int bytes, ref int calls)
    {
        lock (_gate)
        {
            calls++;
            Active++;
            _activeBytes += bytes;
            MostActive = Math.Max(MostActive, Active);
            MostActiveBytes = Math.Max(MostActiveBytes, _activeBytes);
            return calls;
        }
    }

    private void End(int bytes)
    {
        lock (_gate)
        {
            Active--;
            _activeBytes -= bytes;
        }
    }
}
