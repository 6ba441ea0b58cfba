using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobWriter
{
    /// <summary>Stores many payloads. Neighbouring ones that become Smalls are hashed by one task and handed to the sink in one call.</summary>
    /// <param name="payloads">What to store; not to be changed until the call ends.</param>
    /// <param name="options">Shape and cutting of each.</param>
    /// <param name="cancellationToken">Ends the run; what was stored by then stays.</param>
    /// <returns>What became of each, in the order given. Of payloads that are alike, one is newly stored.</returns>
    /// <exception cref="DatafortsException">The first error there was: nothing more is started then, and any of the others may be stored.</exception>
    /// <exception cref="ArgumentException">As for one payload, or a URI, which names only one; nothing was stored.</exception>
    public async Task<PutResult[]> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> payloads, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        options ??= Plain;
        if (options.Uri is not null) throw new ArgumentException("a URI names one payload, not many", nameof(options));
        foreach (ReadOnlyMemory<byte> payload in payloads) new Payload(this, options, payload.Length, null).CheckBeforeReading();
        var results = new PutResult[payloads.Count];
        using var window = new OrderedWindow<int>(_window, cancellationToken);
        try
        {
            for (int next = 0; next < results.Length;)
            {
                int end = EndOfBatch(payloads, next, options, out long bytes);
                while (!window.HasRoomFor(bytes)) await window.TakeAsync().ConfigureAwait(false);
                window.ThrowIfFailed();
                window.Add(PutBatchAsync(payloads, next, end, options, results, window), bytes);
                next = end;
            }
            while (window.Count > 0) await window.TakeAsync().ConfigureAwait(false);
            return results;
        }
        catch when (window.HasFailed)
        {
            window.ThrowIfFailed();
            throw;
        }
        finally
        {
            await window.StopAsync().ConfigureAwait(false);
        }
    }

    // A payload that is no Small is a batch of its own.
    private int EndOfBatch(IReadOnlyList<ReadOnlyMemory<byte>> payloads, int start, PutOptions options, out long bytes)
    {
        (int most, long mostBytes) = _window.BatchLimits(_sink.IsImmediate);
        var payload = new Payload(this, options, null, null);
        bytes = payloads[start].Length;
        int end = start + 1;
        if (!payload.IsSmall(payloads[start].Length)) return end;
        while (end < payloads.Count && end - start < most && bytes + payloads[end].Length <= mostBytes && payload.IsSmall(payloads[end].Length))
            bytes += payloads[end++].Length;
        return end;
    }

    private async Task<int> PutBatchAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> payloads, int start, int end, PutOptions options, PutResult[] results, OrderedWindow<int> window)
    {
        try
        {
            await default(FairYield);
            window.Token.ThrowIfCancellationRequested();
            if (end - start == 1)
            {
                results[start] = await PutAsync(payloads[start], options, null, window.Token).ConfigureAwait(false);
                return 1;
            }
            var chunks = new VerifiedChunk[end - start];
            bool[] isNew = new bool[end - start];
            for (int i = start; i < end; i++) chunks[i - start] = ChunkVerifier.Hash(payloads[i]);
            await _sink.StoreAsync(chunks, isNew, window.Token).ConfigureAwait(false);
            for (int i = start; i < end; i++) results[i] = Counted(SmallResult(chunks[i - start], isNew[i - start]));
            return end - start;
        }
        catch (Exception error)
        {
            window.FailAll(error);
            throw;
        }
    }

    private static PutResult SmallResult(in VerifiedChunk chunk, bool isNew)
    {
        int length = chunk.Bytes.Length;
        return new PutResult(SmallRef.Create(chunk.Hash, (ulong)length), 1, isNew ? length : 0, isNew ? 0 : length, chunk.Hash) { IsAllNew = isNew };
    }
}
