namespace Dataforts.Tests.Devices;

/// <summary>What devices did, in the order in which it was done.</summary>
/// <remarks>Thread-safe. An operation stands here once it has ended, a flush with the number of those that had ended when it began: so a write
/// under way when a flush begins is not counted as flushed.</remarks>
internal sealed class Recording
{
    private readonly Lock _gate = new();
    private readonly List<DeviceOperation> _operations = [];
    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private int _lastFile;

    /// <summary>What the store is about, for the operations to come.</summary>
    public string Phase { get; set; } = "";

    /// <summary>How many operations have ended.</summary>
    public int Count
    {
        get { lock (_gate) return _operations.Count; }
    }

    /// <summary>All operations so far.</summary>
    public DeviceOperation[] Operations
    {
        get { lock (_gate) return [.. _operations]; }
    }

    /// <summary>Begins with what lies in a folder, all of it on stable storage.</summary>
    public void Begin(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            Add(new DeviceOperation(DeviceDeed.CreateFolder, Relative(root, folder)));
        foreach (string path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)) AddWhole(Relative(root, path), File.ReadAllBytes(path));
        foreach (string folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Prepend(root))
            Add(new DeviceOperation(DeviceDeed.FlushFolder, Relative(root, folder)) { Since = Count });
    }

    /// <summary>A file that was written and flushed by other ways than a device.</summary>
    public void AddFlushed(string path, byte[] content)
    {
        lock (_gate)
        {
            AddWhole(path, content);
            string folder = path.Contains('/') ? path[..path.LastIndexOf('/')] : "";
            Add(new DeviceOperation(DeviceDeed.FlushFolder, folder) { Since = Count });
        }
    }

    /// <summary>Which file has a path now; 0 for none.</summary>
    public int FileAt(string path)
    {
        lock (_gate) return _files.GetValueOrDefault(path);
    }

    /// <summary>Takes an operation that has ended.</summary>
    public int Add(DeviceOperation operation)
    {
        lock (_gate)
        {
            int file = operation.File;
            switch (operation.Deed)
            {
                case DeviceDeed.Create:
                    _files[operation.Path] = file = ++_lastFile;
                    break;
                case DeviceDeed.Move:
                    _files.Remove(operation.From, out file);
                    _files[operation.Path] = file;
                    break;
                case DeviceDeed.Delete:
                    if (!_files.Remove(operation.Path, out file)) return 0;
                    break;
            }
            _operations.Add(operation with { File = file, Phase = Phase });
            return file;
        }
    }

    public static string Relative(string root, string path)
    {
        string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
        return relative == "." ? "" : relative;
    }

    private void AddWhole(string path, byte[] content)
    {
        int file = Add(new DeviceOperation(DeviceDeed.Create, path));
        Add(new DeviceOperation(DeviceDeed.Write, path) { File = file, Bytes = content });
        Add(new DeviceOperation(DeviceDeed.FlushData, path) { File = file, Since = Count });
    }
}
