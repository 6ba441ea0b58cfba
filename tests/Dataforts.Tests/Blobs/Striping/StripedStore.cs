using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs.Striping;

/// <summary>A store to put striped blobs into, and the harm that can be done to what it has stored.</summary>
internal static class StripedStore
{
    public static Task<BlobStore> OpenAsync(ScratchFolder folder, bool writable = true) =>
        BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = writable, CreateIfMissing = writable, LockTimeout = TimeSpan.Zero });

    /// <summary>Every object there is: each place of each chunk.</summary>
    public static (BlobHash Hash, RecordLocation Place)[] Objects(BlobStore store) =>
        [.. store.Chunks.Enumerate().SelectMany(entry => store.Chunks.PlacesOf(entry.Key).Select(place => (entry.Key, place)))];

    /// <summary>Damages an object where it lies on the device; doing it twice undoes it.</summary>
    public static void Harm(BlobStore store, RecordLocation place) => Harm(store.Chunks.PathOf(place), place);

    public static void Harm(string path, RecordLocation place)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = place.Offset;
        int value = file.ReadByte();
        file.Position = place.Offset;
        file.WriteByte((byte)(value ^ 0x55));
    }
}
