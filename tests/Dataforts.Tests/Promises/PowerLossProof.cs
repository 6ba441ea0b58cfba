using System.Globalization;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Promises;

/// <summary>Cuts a recording off, makes the files that a loss of power there may leave, opens the store in them and compares it with what was
/// promised: as a reader, as the writer who mends it, and once more when that one has closed it.</summary>
internal sealed class PowerLossProof(IReadOnlyList<DeviceOperation> operations, Ledger ledger, string storeName) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Examines one state.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public async Task<string?> ExamineAsync(int cut, Survival survival, int seed)
    {
        string root = _folder["disk"];
        try
        {
            Make(root, cut, survival, seed);
            await ExamineAsync(root, cut);
            return null;
        }
        catch (Exception error) when (error is Xunit.Sdk.XunitException or DatafortsException or IOException)
        {
            string before = cut > 0 ? operations[cut - 1].ToString() : "nothing";
            return string.Create(CultureInfo.InvariantCulture, $"cut {cut} of {operations.Count} behind {before}, {survival}, seed {seed}: {error}");
        }
    }

    /// <summary>Power is lost, and lost again while the writer that comes next mends what it finds.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    public async Task<string?> ExamineTwiceAsync(int cut, int seed, Func<DeviceOperation[], int, bool>? suppressed = null)
    {
        var random = new Random(seed);
        string root = _folder["first"];
        Make(root, cut, Survival.Some, seed);
        if (!StoreHeader.Exists(At(root))) return null;
        LosePower(At(root));
        var recording = new Recording();
        recording.Begin(root);
        recording.Phase = "mend";
        int began = recording.Count;
        await using (ChunkStore store = await OpenAsync(At(root), writable: true, new RecordingDevice(StorageDevice.System, recording, root)))
        {
            DeviceOperation[] mending = suppressed is null ? recording.Operations : Without(recording.Operations, suppressed);
            for (int round = 0; round < 6 && mending.Length > began; round++)
            {
                int again = began + random.Next(mending.Length - began + 1);
                string second = _folder["disk"];
                Empty(second);
                new DiskAfterLoss(mending, again).Write(second, (Survival)(round % 3), random);
                try
                {
                    await ExamineAsync(second, cut);
                }
                catch (Exception error) when (error is Xunit.Sdk.XunitException or DatafortsException or IOException)
                {
                    return string.Create(CultureInfo.InvariantCulture,
                        $"cut {cut}, then {again - began} into the mending, seed {seed}, round {round}: {error}");
                }
            }
        }
        return null;
    }

    /// <summary>The same operations, as if some flushes had not been asked for.</summary>
    public static DeviceOperation[] Without(DeviceOperation[] operations, Func<DeviceOperation[], int, bool> suppressed) =>
        [.. operations.Select((operation, index) => operation.Deed is DeviceDeed.FlushData or DeviceDeed.FlushFolder && suppressed(operations, index)
            ? operation with { Deed = DeviceDeed.Read } : operation)];

    public void Dispose() => _folder.Dispose();

    private string At(string root) => Path.Combine(root, storeName);

    private void Make(string root, int cut, Survival survival, int seed)
    {
        Empty(root);
        new DiskAfterLoss(operations, cut).Write(root, survival, new Random(seed));
    }

    private async Task ExamineAsync(string root, int cut)
    {
        string path = At(root);
        if (!StoreHeader.Exists(path))
        {
            Assert.True(ledger.PromisedAt(cut) == 0, "the whole store is gone");
            await using ChunkStore made = await OpenAsync(path, writable: true);
            Assert.Equal(0, made.Info.Chunks);
            return;
        }
        LosePower(path);
        await using (ChunkStore reader = await OpenAsync(path, writable: false)) Check(reader, cut);
        byte[] more = [.. "put after the power came back"u8];
        await using (ChunkStore writer = await OpenAsync(path, writable: true))
        {
            Check(writer, cut);
            Assert.True(writer.Put(ChunkVerifier.Hash(more)));
            await writer.FlushAsync(Cancel);
            Assert.Equal(1, writer.Remove([BlobHash.Compute(more)]));
        }
        await using ChunkStore again = await OpenAsync(path, writable: false);
        Check(again, cut);
        Assert.Empty(again.DescribeGivenUp());
    }

    private void Check(ChunkStore store, int cut)
    {
        Assert.True(store.DescribeDamage() is [], $"damage where power was lost: {string.Join('\n', store.DescribeDamage())}");
        ledger.Check(store, cut);
        Assert.True(store.FindDamagedFiles(Cancel) is [], $"damage where power was lost: {string.Join('\n', store.FindDamagedFiles(Cancel))}");
    }

    /// <summary>The checkpoint as it was written, but by another boot of the machine.</summary>
    private static void LosePower(string path)
    {
        Checkpoint checkpoint = Checkpoint.Load(StorageDevice.System, path, StoreHeader.Load(StorageDevice.System, path).StoreId);
        Guid? boot = checkpoint.BootId is null ? null : Guid.NewGuid();
        (checkpoint with { BootId = boot }).Save(StorageDevice.System, path, 0);
    }

    private static Task<ChunkStore> OpenAsync(string path, bool writable, StorageDevice? device = null) => ChunkStore.OpenAsync(new StoreOptions
    {
        Path = path,
        Writable = writable,
        SegmentBytes = SampleStore.SmallSegment,
        LockTimeout = TimeSpan.Zero,
        Device = device ?? StorageDevice.System,
    }, Cancel);

    private static void Empty(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }
}
