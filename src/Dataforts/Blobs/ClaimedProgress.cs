using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Frees the room that was claimed for a put as the put takes it, and hands the progress on.</summary>
internal sealed class ClaimedProgress(RoomClaim room, IProgress<BlobProgress>? next) : IProgress<BlobProgress>
{
    public void Report(BlobProgress value)
    {
        room.Spend(value.BytesDone);
        next?.Report(value);
    }
}
