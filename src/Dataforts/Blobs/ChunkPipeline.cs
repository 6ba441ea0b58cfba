using System.Runtime.CompilerServices;
using Dataforts.Chunking;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Cuts a stream into chunks, hashes them in parallel with reading, stores them where a sink is given, and yields them in order.</summary>
/// <remarks>Every byte is hashed once. A task takes a batch of neighbouring chunks; only a sink that waits for something far away is given
/// one chunk a task, so that it sees as many at once as the window holds. Memory is bounded by the window and a few blocks of input,
/// whatever the stream's length. Thread-safe: each run keeps its state to itself.</remarks>
public sealed class ChunkPipeline
{
    private readonly ChunkingProfile _profile;
    private readonly IChunkSink? _sink;
    private readonly WindowOptions _window;

    /// <summary>Whether batches keep their bytes until the next is asked for.</summary>
    internal bool KeepsBytes { get; init; }

    /// <summary>Whether what would be one chunk is cut in two halves, the first the longer by at most one byte.</summary>
    internal bool HalvesSingle { get; init; }

    private bool IsImmediate => _sink is null || _sink.IsImmediate;

    /// <summary>Makes a pipeline.</summary>
    /// <param name="profile">How to cut.</param>
    /// <param name="sink">Where the chunks go; null only to cut and hash.</param>
    /// <param name="window">How much is under way at once.</param>
    public ChunkPipeline(ChunkingProfile profile, IChunkSink? sink = null, WindowOptions? window = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        _profile = profile;
        _sink = sink;
        _window = (window ?? new WindowOptions()).For(IsImmediate);
    }

    /// <summary>Runs over <paramref name="source"/> to its end. The stream stays open.</summary>
    /// <param name="source">Read from its position on.</param>
    /// <param name="head">Bytes that come before the stream's.</param>
    /// <param name="whole">Also fed with every byte, in order, when given.</param>
    /// <param name="cancellationToken">Ends the run; what was started is awaited first.</param>
    /// <exception cref="DatafortsException">The sink's; nothing more is started then. Whatever fails first, the stream or the sink,
    /// is what is thrown.</exception>
    public IAsyncEnumerable<CutChunk> RunAsync(
        Stream source, ReadOnlyMemory<byte> head = default, Blake3Hasher? whole = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return RunAsync(source, head, whole, null, cancellationToken);
    }

    /// <summary>As the other, in a window that the caller watches too; it is disposed of when the run ends.</summary>
    internal async IAsyncEnumerable<CutChunk> RunAsync(
        Stream source, ReadOnlyMemory<byte> head, Blake3Hasher? whole, OrderedWindow<ChunkBatch>? watched,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChunkBatch batch in BatchesAsync(source, head, whole, watched, cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Count; i++) yield return batch[i];
        }
    }

    /// <summary>Yields the chunks by batches; each is good until the next is asked for.</summary>
    internal async IAsyncEnumerable<ChunkBatch> BatchesAsync(
        Stream source, ReadOnlyMemory<byte> head, Blake3Hasher? whole, OrderedWindow<ChunkBatch>? watched,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        OrderedWindow<ChunkBatch> window = watched ?? new OrderedWindow<ChunkBatch>(_window, cancellationToken);
        using var input = new InputCutter(source, head, whole, _profile, _window.BatchLimits(IsImmediate), HalvesSingle);
        try
        {
            ChunkBatch? next = null;
            bool ended = false;
            while (!ended || window.Count > 0)
            {
                if (window.HeadIsReady || ended || (next is not null && !window.HasRoomFor(next.Bytes)))
                {
                    ChunkBatch done = await TakeAsync(window).ConfigureAwait(false);
                    yield return done;
                    done.Dispose();
                    input.Recycle(done);
                }
                else if (next is null)
                {
                    next = await NextAsync(input, window).ConfigureAwait(false);
                    ended = next is null;
                }
                else
                {
                    window.ThrowIfFailed();
                    window.Add(HashAndStoreAsync(next, window), next.Bytes);
                    next = null;
                }
            }
        }
        finally
        {
            await window.StopAsync().ConfigureAwait(false);
            window.Dispose();
        }
    }

    // The error to tell is the first there was, not the cancellation that it brought upon whatever came before it in the stream.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ChunkBatch> TakeAsync(OrderedWindow<ChunkBatch> window)
    {
        try
        {
            return await window.TakeAsync().ConfigureAwait(false);
        }
        catch when (window.HasFailed)
        {
            window.ThrowIfFailed();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ChunkBatch?> NextAsync(InputCutter input, OrderedWindow<ChunkBatch> window)
    {
        try
        {
            // A sink that fails ends the wait for input.
            return await input.NextAsync(window.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            window.FailAll(error);
            window.ThrowIfFailed();
            throw;
        }
    }

    private async Task<ChunkBatch> HashAndStoreAsync(ChunkBatch batch, OrderedWindow<ChunkBatch> window)
    {
        batch.Hold();
        if (KeepsBytes) batch.Keep();
        try
        {
            await default(FairYield);
            window.Token.ThrowIfCancellationRequested();
            batch.Hash();
            if (_sink is not null) await batch.StoreAsync(_sink, window.Token).ConfigureAwait(false);
            return batch;
        }
        catch (Exception error)
        {
            batch.Dispose();
            window.FailAll(error);
            throw;
        }
        finally
        {
            batch.Release();
        }
    }
}
