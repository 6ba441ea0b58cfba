using System.Collections.Concurrent;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Predicts what a data set takes up under a chunking profile: it goes through the write path of a store that keeps nothing but hashes.</summary>
/// <remarks>Memory follows the number of distinct chunks, not their bytes. One profile a run; not thread-safe.</remarks>
public sealed class DedupAnalysis
{
    /// <summary>What a chunk costs at most in the index of an open store, in bytes of memory; docs/LIMITS.md has it too.</summary>
    public const int IndexBytesPerChunk = 56;

    private readonly HashesOnly _sink = new();
    private readonly BlobWriter _writer;
    private readonly ChunkingProfile _profile;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _inputBytes;
    private long _uniqueBytes;
    private long _nodeBytes;

    /// <summary>Begins an analysis.</summary>
    /// <param name="profile">How to cut; as in a store, what fits one chunk becomes a Small.</param>
    /// <param name="time">The clock.</param>
    public DedupAnalysis(ChunkingProfile profile, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _profile = profile;
        _writer = new BlobWriter(_sink, profile);
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>Adds one file's content, as a put of that shape would store it.</summary>
    /// <param name="content">Read from its position to its end; stays open.</param>
    /// <param name="shape">What kind of ref would come of it.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task AddAsync(Stream content, BlobShape shape = BlobShape.Auto, CancellationToken cancellationToken = default)
    {
        PutResult result = await _writer.PutAsync(content, new PutOptions { Shape = shape }, null, cancellationToken).ConfigureAwait(false);
        long size = (long)result.Ref.SizeBytes;
        long unique = size - result.DedupedBytes;
        _inputBytes += size;
        _uniqueBytes += unique;
        _nodeBytes += result.StoredBytes - unique;
    }

    /// <summary>What has come of all that was added so far; more may follow.</summary>
    public DedupForecast Finish()
    {
        (long records, long overhead) = _sink.Records();
        return new DedupForecast(
            _profile, _inputBytes, _uniqueBytes, records, _nodeBytes + overhead, records * IndexBytesPerChunk, _time.GetElapsedTime(_start));
    }

    /// <summary>A store without bytes.</summary>
    private sealed class HashesOnly : IChunkSink
    {
        private readonly ConcurrentDictionary<BlobHash, byte> _seen = new();
        private long _overhead;

        public ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken)
        {
            bool isNew = _seen.TryAdd(chunk.Hash, 0);
            if (isNew) Interlocked.Add(ref _overhead, RecordHeader.SizeBytes + RecordHeader.PaddedLength(chunk.Bytes.Length) - chunk.Bytes.Length);
            return new ValueTask<bool>(isNew);
        }

        public (long Records, long OverheadBytes) Records() => (_seen.Count, Interlocked.Read(ref _overhead));
    }
}
