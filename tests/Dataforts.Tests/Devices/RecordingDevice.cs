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

    private int _underWay;
    private volatile bool _isDead;

    /// <summary>From now on nothing is done: whoever uses this device is dead. What was under way is done and recorded when this returns.</summary>
    public void Die()
    {
        _isDead = true;
        SpinWait.SpinUntil(() => Volatile.Read(ref _underWay) == 0);
    }

    public override StorageFile Open(string path, bool writable)
    {
        string name = Recording.Relative(root, path);
        return new RecordingFile(this, inner.Open(path, writable), recording, name, recording.FileAt(name));
    }

    public override StorageFile Create(string path, bool replace = false) => Alive(() =>
    {
        if (recording.Phase == Closing && Path.GetFileName(path) == "checkpoint.new") KeepIndex(Path.GetDirectoryName(path)!);
        StorageFile file = inner.Create(path, replace);
        string name = Recording.Relative(root, path);
        return new RecordingFile(this, file, recording, name, recording.Add(new DeviceOperation(DeviceDeed.Create, name)));
    });

    public override void CreateFolder(string path) => Alive(() =>
    {
        bool isNew = !Directory.Exists(path);
        inner.CreateFolder(path);
        return isNew ? recording.Add(new DeviceOperation(DeviceDeed.CreateFolder, Recording.Relative(root, path))) : 0;
    });

    public override void Move(string from, string to) => Alive(() =>
    {
        inner.Move(from, to);
        return recording.Add(new DeviceOperation(DeviceDeed.Move, Recording.Relative(root, to)) { From = Recording.Relative(root, from) });
    });

    public override void Delete(string path) => Alive(() =>
    {
        inner.Delete(path);
        return recording.Add(new DeviceOperation(DeviceDeed.Delete, Recording.Relative(root, path)));
    });

    public override void FlushFolder(string path) => Alive(() =>
    {
        int since = recording.Count;
        inner.FlushFolder(path);
        return recording.Add(new DeviceOperation(DeviceDeed.FlushFolder, Recording.Relative(root, path)) { Since = since });
    });

    /// <summary>Does something and records it, which is not torn apart by death.</summary>
    /// <exception cref="IOException">The user of this device is dead; nothing was done.</exception>
    public T Alive<T>(Func<T> deed)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            return _isDead ? throw new IOException("the process has died") : deed();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    // SQLite has its own ways to the device. What the index of names is when the last checkpoint is about to name it was flushed just before
    // (RootIndex.Flush, of which the test under the system-call recorder says that it was).
    private void KeepIndex(string folder)
    {
        string path = Path.Combine(folder, "names.sqlite");
        if (File.Exists(path)) recording.AddFlushed(Recording.Relative(root, path), File.ReadAllBytes(path));
    }
}
