using Dataforts.Content;
using Dataforts.Erasure;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Rebuilds shards of stripes from those that are left. Every byte that goes in and every byte that comes out is verified.</summary>
/// <remarks>Thread-safe. Shards are added one at a time, so that a rebuild takes the memory of what it makes and of one more shard; at most one
/// rebuild a processor runs at once in the process.</remarks>
internal sealed class ShardReader(IChunkSource source)
{
    private static readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    /// <summary>One chunk of a stripe.</summary>
    /// <param name="stripe">A Reed-Solomon stripe.</param>
    /// <param name="wanted">The chunk; it is not looked for.</param>
    /// <param name="cancellationToken">Ends the rebuild.</param>
    /// <returns>The chunk, verified, owned by the caller; null when fewer than k shards are left, or they do not give it.</returns>
    public async ValueTask<ChunkBuffer?> RebuildAsync(Stripe stripe, BlobHash wanted, CancellationToken cancellationToken)
    {
        var lost = new HashSet<BlobHash> { wanted };
        int shard = IndexOf(stripe, wanted);
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ChunkBuffer[]? rebuilt = await RebuildAsync(stripe, [shard], lost, cancellationToken).ConfigureAwait(false);
            if (rebuilt is not null) return rebuilt[0];
            int left = stripe.Chunks.Count(chunk => !lost.Contains(chunk.Hash));
            DatafortsEvents.Log.Unrecoverable(wanted, left, stripe.Encoding.DataShards);
            return null;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Several chunks of a stripe.</summary>
    /// <param name="stripe">A Reed-Solomon stripe.</param>
    /// <param name="shards">Which.</param>
    /// <param name="lost">Chunks known to be missing or wrong; those found so are added.</param>
    /// <param name="cancellationToken">Ends the rebuild.</param>
    /// <returns>The chunks, verified, owned by the caller; null when fewer than k shards are left, or they do not give them.</returns>
    public async ValueTask<ChunkBuffer[]?> RebuildAsync(
        Stripe stripe, int[] shards, HashSet<BlobHash> lost, CancellationToken cancellationToken)
    {
        int[]? present;
        // A shard that turns out to be lost ends the attempt; each ends with one more known, so there are at most m + 1.
        while ((present = Present(stripe, lost)) is not null)
        {
            ChunkBuffer[] rebuilt = Array.ConvertAll(shards, shard => ChunkBuffer.Rent((int)stripe.Chunks[shard].SizeBytes));
            bool isDone = false;
            try
            {
                if (!await TryAddUpAsync(stripe, present, shards, rebuilt, lost, cancellationToken).ConfigureAwait(false)) continue;
                for (int i = 0; i < shards.Length; i++)
                {
                    TreeChunk chunk = stripe.Chunks[shards[i]];
                    ChunkVerifier.Verify(chunk.Hash, chunk.SizeBytes, rebuilt[i].Memory);
                }
                isDone = true;
                return rebuilt;
            }
            catch (IntegrityException)
            {
                // The shards are what their hashes say and still do not give the chunk: the stripe was never one.
                return null;
            }
            finally
            {
                if (!isDone) foreach (ChunkBuffer buffer in rebuilt) buffer.Dispose();
            }
        }
        return null;
    }

    /// <summary>Fetches a chunk from wherever it is whole; null when it is nowhere.</summary>
    public static async ValueTask<ChunkBuffer?> FetchWholeAsync(IChunkSource source, TreeChunk chunk, CancellationToken cancellationToken)
    {
        ChunkBuffer? found = null;
        try
        {
            found = await source.FetchAsync(chunk.Hash, (int)chunk.SizeBytes, cancellationToken).ConfigureAwait(false);
            if (found is not null)
            {
                ChunkVerifier.Verify(chunk.Hash, chunk.SizeBytes, found.Memory);
                return found;
            }
        }
        catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.Io)
        {
            found?.Dispose();
        }
        return await source.FetchOtherAsync(chunk.Hash, (int)chunk.SizeBytes, cancellationToken).ConfigureAwait(false);
    }

    // The first k that are not known to be lost: data before parity.
    private static int[]? Present(in Stripe stripe, HashSet<BlobHash> lost)
    {
        int[] present = new int[stripe.Encoding.DataShards];
        int count = 0;
        for (int i = 0; i < stripe.Chunks.Length && count < present.Length; i++)
        {
            if (!lost.Contains(stripe.Chunks[i].Hash)) present[count++] = i;
        }
        return count == present.Length ? present : null;
    }

    private async ValueTask<bool> TryAddUpAsync(
        Stripe stripe, int[] present, int[] shards, ChunkBuffer[] rebuilt, HashSet<BlobHash> lost, CancellationToken cancellationToken)
    {
        ReedSolomon code = ReedSolomon.For(stripe.Encoding.DataShards, stripe.Encoding.ParityShards);
        ShardSum sum = code.Begin(present, shards, Array.ConvertAll(rebuilt, buffer => buffer.Writable));
        for (int i = 0; i < present.Length; i++)
        {
            TreeChunk chunk = stripe.Chunks[present[i]];
            using ChunkBuffer? shard = await FetchWholeAsync(source, chunk, cancellationToken).ConfigureAwait(false);
            if (shard is null)
            {
                lost.Add(chunk.Hash);
                return false;
            }
            sum.Add(i, shard.Memory);
        }
        return true;
    }

    private static int IndexOf(in Stripe stripe, in BlobHash wanted)
    {
        for (int i = 0; i < stripe.Chunks.Length; i++)
        {
            if (stripe.Chunks[i].Hash == wanted) return i;
        }
        throw new ArgumentException($"chunk {wanted} is not of the stripe", nameof(wanted));
    }
}
