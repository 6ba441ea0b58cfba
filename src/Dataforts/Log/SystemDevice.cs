namespace Dataforts.Log;

/// <summary>The operating system's own files.</summary>
internal sealed class SystemDevice : StorageDevice
{
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    public override StorageFile Open(string path, bool writable) => new SystemFile(
        File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, Shared, FileOptions.RandomAccess), path);

    public override StorageFile Create(string path, bool replace = false) => new SystemFile(
        File.OpenHandle(path, replace ? FileMode.Create : FileMode.CreateNew, FileAccess.ReadWrite, Shared, FileOptions.RandomAccess), path);

    public override void CreateFolder(string path) => Directory.CreateDirectory(path);

    public override void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public override void Delete(string path) => File.Delete(path);

    public override void FlushFolder(string path) => StableStorage.FlushFolder(path);
}
