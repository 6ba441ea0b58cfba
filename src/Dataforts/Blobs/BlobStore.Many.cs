using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobStore
{
    /// <summary>Stores many payloads, and waits once for the durability asked for.</summary>
    /// <exception cref="ArgumentException">Options that contradict each other or name a single blob (Name, Uri); nothing was stored.</exception>
    /// <inheritdoc cref="BlobWriter.PutManyAsync"/>
    public async Task<PutResult[]> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> payloads, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= Plain;
        if (options.Name is not null) throw new ArgumentException("a name is one blob's, not many's", nameof(options));
        ArgumentNullException.ThrowIfNull(payloads);
        using RoomClaim? room = ClaimRoom(payloads, options);
        using PutSession session = BeginPut();
        PutResult[] results = await _writer.PutManyAsync(payloads, options, cancellationToken).ConfigureAwait(false);
        BlobRef[] known = [.. results.Where(result => !Record(result, options)).Select(result => result.Ref).Distinct()];
        if (!options.IsPart) Chunks.GiveTime(known);
        if (options.Durability == Durability.Durable) await Chunks.FlushAsync(cancellationToken).ConfigureAwait(false);
        return results;
    }

    /// <exception cref="DatafortsException">BlobNotFound: nothing of one of them is in the store; none was read.</exception>
    /// <inheritdoc cref="BlobReader.ReadManyAsync"/>
    public async IAsyncEnumerable<BlobSequence> ReadManyAsync(
        IReadOnlyList<BlobRef> blobs, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        var leases = new List<ReadLease>();
        try
        {
            foreach (BlobRef blob in blobs)
            {
                leases.Add(BeginRead(blob));
                ThrowIfAbsent(blob);
            }
            await foreach (BlobSequence bytes in _reader.ReadManyAsync(blobs, cancellationToken).ConfigureAwait(false)) yield return bytes;
        }
        finally
        {
            foreach (ReadLease lease in leases) lease.Dispose();
        }
    }

    /// <inheritdoc cref="BlobReader.PlanAsync(BlobRef)"/>
    internal IAsyncEnumerable<PlannedSlice> PlanAsync(BlobRef blob) => _reader.PlanAsync(blob);

    /// <summary>Whether the store has each of these chunks. No file is touched.</summary>
    /// <param name="chunks">Their hashes.</param>
    /// <param name="has">As many, set.</param>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    public void Contains(ReadOnlySpan<BlobHash> chunks, Span<bool> has)
    {
        if (chunks.Length != has.Length) throw new ArgumentException($"{chunks.Length} chunks and room for {has.Length} answers", nameof(has));
        for (int i = 0; i < chunks.Length; i++) has[i] = Chunks.Contains(chunks[i]);
    }
}
