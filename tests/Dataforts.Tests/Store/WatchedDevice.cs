using Dataforts.Log;

namespace Dataforts.Tests.Store;

/// <summary>The system's files, and someone who sees every call before it is done: to count, to fail it, or to let something else happen first.</summary>
internal sealed class WatchedDevice(Action<DeviceCall> watch) : StorageDevice
{
    public override StorageFile Open(string path, bool writable)
    {
        watch(new DeviceCall(WatchedDeed.Open, path));
        return new WatchedFile(System.Open(path, writable), path, watch);
    }

    public override StorageFile Create(string path, bool replace = false)
    {
        watch(new DeviceCall(WatchedDeed.Create, path));
        return new WatchedFile(System.Create(path, replace), path, watch);
    }

    public override void CreateFolder(string path) => System.CreateFolder(path);

    public override void Move(string from, string to)
    {
        watch(new DeviceCall(WatchedDeed.Move, to));
        System.Move(from, to);
    }

    public override void Delete(string path)
    {
        watch(new DeviceCall(WatchedDeed.Delete, path));
        System.Delete(path);
    }

    public override void FlushFolder(string path)
    {
        watch(new DeviceCall(WatchedDeed.FlushFolder, path));
        System.FlushFolder(path);
    }
}
