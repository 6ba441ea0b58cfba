using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobStore
{
    // What goes in whole as one chunk is held against the room there is when it is written, which is before its first byte; and it may be stored already.
    private RoomClaim? ClaimRoom(long? length, PutOptions options)
    {
        if (length is not { } bytes) return null;
        int smallBytes = Math.Min((options.Profile ?? Chunks.Profile).MaxChunkBytes, BlobLimits.AutoSmallMaxBytes);
        bool isOneChunk = options.Shape == BlobShape.Small || (options.Shape == BlobShape.Auto && bytes <= smallBytes);
        if (isOneChunk && !options.Encoding.IsReedSolomon) return null;
        // Full stripes take so much more; what shorter ones and copies take beyond it is held against the room as it is written.
        if (options.Encoding.IsReedSolomon) bytes += (long)(bytes * (double)options.Encoding.ParityShards / options.Encoding.DataShards);
        return Chunks.ClaimRoom(ChunkStore.RoomFor(bytes));
    }

    private RoomClaim? ClaimRoom(IReadOnlyList<ReadOnlyMemory<byte>> payloads, PutOptions options)
    {
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> payload in payloads) bytes += payload.Length;
        return ClaimRoom(bytes, options);
    }

    private static IProgress<BlobProgress>? Spending(RoomClaim? room, IProgress<BlobProgress>? progress) =>
        room is null ? progress : new ClaimedProgress(room, progress);

    // Wrong bytes that are kept aside are something of a blob: it is damaged, not unknown.
    private bool Knows(in BlobHash hash) => Chunks.Contains(hash) || Chunks.IsQuarantined(hash);

    private void TellQuarantined(HashSet<BlobHash> missing, HashSet<BlobHash> corrupt)
    {
        foreach (BlobHash hash in missing.Where(hash => Chunks.IsQuarantined(hash)).ToList())
        {
            missing.Remove(hash);
            corrupt.Add(hash);
        }
    }
}
