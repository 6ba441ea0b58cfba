using Dataforts.Log;

namespace Dataforts.Tests.Devices;

/// <summary>Does what another device does, and keeps a record of it.</summary>
/// <param name="inner">Who does it.</param>
/// <param name="recording">Where it is kept.</param>
/// <param name="root">Paths are told relative to this folder; what lies elsewhere is not recorded.</param>
internal sealed class RecordingDevice(StorageDevice inner, Recording recording, string root) : StorageDevice
{
    /// <summary>The phase in which a store is closed in order.</summary>
    public const string Closing = "close";

    /// <summary>From now on nothing is recorded: whoever uses this device is dead as far as the test is concerned.</summary>
    public bool IsDead { get; set; }

    public override StorageFile Open(string path, bool writable)
    {
        string name = Recording.Relative(root, path);
        return new RecordingFile(this, inner.Open(path, writable), recording, name, recording.FileAt(name));
    }

    public override StorageFile Create(string path, bool replace = false)
    {
        if (recording.Phase == Closing && Path.GetFileName(path) == "checkpoint.new") KeepIndex(Path.GetDirectoryName(path)!);
        StorageFile file = inner.Create(path, replace);
        string name = Recording.Relative(root, path);
        return new RecordingFile(this, file, recording, name, Record(new DeviceOperation(DeviceDeed.Create, name)));
    }

    public override void CreateFolder(string path)
    {
        bool isNew = !Directory.Exists(path);
        inner.CreateFolder(path);
        if (isNew) Record(new DeviceOperation(DeviceDeed.CreateFolder, Recording.Relative(root, path)));
    }

    public override void Move(string from, string to)
    {
        inner.Move(from, to);
        Record(new DeviceOperation(DeviceDeed.Move, Recording.Relative(root, to)) { From = Recording.Relative(root, from) });
    }

    public override void Delete(string path)
    {
        inner.Delete(path);
        Record(new DeviceOperation(DeviceDeed.Delete, Recording.Relative(root, path)));
    }

    public override void FlushFolder(string path)
    {
        int since = recording.Count;
        inner.FlushFolder(path);
        Record(new DeviceOperation(DeviceDeed.FlushFolder, Recording.Relative(root, path)) { Since = since });
    }

    /// <summary>Keeps an operation.</summary>
    /// <returns>The file it was about.</returns>
    public int Record(DeviceOperation operation) => IsDead ? 0 : recording.Add(operation);

    // SQLite has its own ways to the device. What the index of names is when the last checkpoint is about to name it was flushed just before
    // (RootIndex.Flush, of which the test under the system-call recorder says that it was).
    private void KeepIndex(string folder)
    {
        string path = Path.Combine(folder, "names.sqlite");
        if (!IsDead && File.Exists(path)) recording.AddFlushed(Recording.Relative(root, path), File.ReadAllBytes(path));
    }
}
