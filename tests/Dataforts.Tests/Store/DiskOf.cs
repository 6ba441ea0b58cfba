using Dataforts.Log;

namespace Dataforts.Tests.Store;

/// <summary>The system's files on a disk that says to have so much room.</summary>
internal sealed class DiskOf : StorageDevice
{
    public long FreeBytes { get; set; } = long.MaxValue / 4;

    public override DiskSpace? SpaceAt(string folder) => new DiskSpace(FreeBytes, long.MaxValue / 2);

    public override StorageFile Open(string path, bool writable) => System.Open(path, writable);

    public override StorageFile Create(string path, bool replace = false) => System.Create(path, replace);

    public override void CreateFolder(string path) => System.CreateFolder(path);

    public override void Move(string from, string to) => System.Move(from, to);

    public override void Delete(string path) => System.Delete(path);

    public override void FlushFolder(string path) => System.FlushFolder(path);
}
