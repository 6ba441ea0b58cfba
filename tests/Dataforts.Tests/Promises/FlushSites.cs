using Dataforts.Tests.Devices;

namespace Dataforts.Tests.Promises;

/// <summary>Every place in the library that asks for a flush, with a life of a store that needs it.</summary>
internal static class FlushSites
{
    public static IReadOnlyList<FlushSite> All { get; } =
    [
        new("SegmentLog.FlushOne: FlushData", "what was put and named",
            (all, i) => IsData(all[i], ".segment", "work"), PutNameFlushAsync),
        new("SegmentLog.FlushFolder: FlushFolder", "a segment's name in its folder, and all that is in it",
            (all, i) => IsFolder(all[i], "log", "work"), PutNameFlushAsync),
        new("SegmentLog.SettleOnDevice: FlushData", "what a writer that died had in the system's cache",
            (all, i) => IsData(all[i], ".segment", "open"), PutNameDieFlushAsync),
        new("SegmentLog.Recover: FlushFolder", "the name of a segment that a writer made that died",
            (all, i) => IsFolder(all[i], "log", "open"), PutNameDieFlushAsync),
        new("SegmentLog.Mend: FlushData", "that a name behind a hole is given up before the hole is filled",
            (all, i) => IsData(all[i], ".segment", "mend")
                && all.Take(i).Any(op => op.Deed == DeviceDeed.Write && op.Phase == "mend" && op.File == all[i].File),
            TearAsync) { IsOfMending = true },
        new("SegmentLog.FlushFilled: FlushData", "that a torn end stays away, behind which nothing counts",
            (all, i) => IsData(all[i], ".segment", "open") && all[i - 1].Deed == DeviceDeed.SetLength, DieTornAsync),
        new("SegmentLog.WriteHint: FlushData", "hints that are whole or not there",
            (all, i) => IsData(all[i], ".hint.new", RecordingDevice.Closing), HintAsync) { SegmentBytes = 1 << 20 },
        new("StorageDevice.Replace: FlushData", "a checkpoint and a store's header that are whole",
            (all, i) => all[i].Deed == DeviceDeed.FlushData && (all[i].Path.EndsWith("checkpoint.new", StringComparison.Ordinal)
                || all[i].Path.EndsWith("dataforts.store.new", StringComparison.Ordinal)), PutNameFlushAsync),
        new("StorageDevice.Replace: FlushFolder", "that the checkpoint says what the store has become",
            (all, i) => IsFolder(all[i], "store") && all[i].Phase != RecordingDevice.Closing, PutNameFlushAsync),
        new("ChunkStore.Create: FlushFolder", "the name of a folder that was there before the store, but not on the device",
            (all, i) => IsFolder(all[i], ""), InEarlierFolderAsync) { StoreName = "store" },
        new("StorageDevice.MakeFolder: FlushFolder", "the names of the folders above the store",
            (all, i) => IsFolder(all[i], "") || IsFolder(all[i], "some"), PutNameFlushAsync),
        new("RootIndex.Flush: FlushData", "an index of names that is what the checkpoint says",
            (all, i) => IsData(all[i], "names.sqlite", RecordingDevice.Closing), PutNameCloseAsync),
        new("RootIndex.Flush: FlushFolder", "the same",
            (all, i) => IsFolder(all[i], "store", RecordingDevice.Closing) && all[i - 1].Path.EndsWith("names.sqlite", StringComparison.Ordinal),
            PutNameCloseAsync),
    ];

    /// <summary>What is left of a damaged segment; see <see cref="FlushSiteTests.What_is_left_of_a_damaged_segment_is_flushed"/>.</summary>
    public const string OfDamaged = "SegmentLog.RecoverSegment: FlushData";

    /// <summary>The room that a compaction has regained; see <see cref="FlushSiteTests.What_a_compaction_has_removed_stays_removed"/>.</summary>
    public const string OfRemoval = "SegmentLog.Delete: FlushFolder";

    private static bool IsData(DeviceOperation operation, string end, string phase) =>
        operation.Deed == DeviceDeed.FlushData && operation.Phase == phase && operation.Path.EndsWith(end, StringComparison.Ordinal);

    private static bool IsFolder(DeviceOperation operation, string name, string? phase = null) =>
        operation.Deed == DeviceDeed.FlushFolder && (phase is null || operation.Phase == phase)
        && (operation.Path == name || (name != "" && operation.Path.EndsWith($"/{name}", StringComparison.Ordinal)));

    private static async Task PutNameFlushAsync(DurableWorkload life)
    {
        await life.OpenAsync();
        life.Put(3);
        life.Name("n", 2);
        await life.FlushAsync();
        life.Put(4);
    }

    private static async Task PutNameDieFlushAsync(DurableWorkload life)
    {
        await life.OpenAsync();
        life.Put(3);
        life.Name("n", 2);
        await life.DieAsync();
        life.Put(4);
        await life.FlushAsync();
    }

    private static async Task DieTornAsync(DurableWorkload life)
    {
        await life.OpenAsync();
        life.Put(1, 9, 5);
        await life.FlushAsync();
        life.Tear("log/0000000000000001.segment");
        await life.DieAsync();
        // It has no room in the torn segment.
        life.Put(17);
        life.Name("n", 4);
        await life.FlushAsync();
    }

    private static async Task TearAsync(DurableWorkload life)
    {
        await life.OpenAsync();
        life.Put(1, 9, 17);
        for (int i = 2; i < 12; i += 2)
        {
            life.Name($"n{i}", i);
            life.Put(i + 1);
        }
    }

    private static async Task HintAsync(DurableWorkload life)
    {
        await life.OpenAsync();
        life.Put([.. Enumerable.Range(0, 30).Select(i => (8 * i) + 1)]);
        await life.CloseAsync();
        await life.OpenAsync();
        life.Put(3);
        await life.FlushAsync();
    }

    private static async Task InEarlierFolderAsync(DurableWorkload life)
    {
        life.MakeFolder();
        await PutNameFlushAsync(life);
    }

    private static async Task PutNameCloseAsync(DurableWorkload life)
    {
        await PutNameFlushAsync(life);
        await life.CloseAsync();
    }
}
