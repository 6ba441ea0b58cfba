namespace Dataforts.Log;

/// <summary>The files of a store as the engine uses them: every byte it writes, every flush and every change of a folder goes through here.</summary>
/// <remarks>Thread-safe. Tests put a recorder or a source of faults in the place of <see cref="System"/>. Errors are those of the operating system,
/// as .NET reports them.</remarks>
internal abstract class StorageDevice
{
    /// <summary>The operating system's files.</summary>
    public static StorageDevice System { get; } = new SystemDevice();

    /// <summary>Opens a file that is there.</summary>
    public abstract StorageFile Open(string path, bool writable);

    /// <summary>Makes a file; one that is there is replaced by an empty one only when <paramref name="replace"/> says so.</summary>
    public abstract StorageFile Create(string path, bool replace = false);

    /// <summary>Makes a folder, whose parent is there.</summary>
    public abstract void CreateFolder(string path);

    /// <summary>Gives a file another name in its folder, replacing what had it.</summary>
    public abstract void Move(string from, string to);

    /// <summary>Removes a file; none is no error.</summary>
    public abstract void Delete(string path);

    /// <summary>Returns when files made, renamed or removed in a folder stay so whatever happens.</summary>
    public abstract void FlushFolder(string path);

    /// <summary>Makes a folder and those above it that are missing. Each is an entry in the one above, and reaches the device with it.</summary>
    public void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        string? parent = Path.GetDirectoryName(folder);
        if (parent is not null) MakeFolder(parent);
        CreateFolder(folder);
        if (parent is not null) FlushFolder(parent);
    }

    /// <summary>Puts <paramref name="content"/> at <paramref name="path"/> whole or not at all, on stable storage when it returns.</summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        string aside = path + ".new";
        using (StorageFile file = Create(aside, replace: true))
        {
            file.Write(content, 0);
            file.FlushData();
        }
        Move(aside, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a small file whole.</summary>
    /// <exception cref="DatafortsException">StoreDamaged: the file is missing, or longer than <paramref name="maxBytes"/>.</exception>
    public byte[] ReadAll(string path, int maxBytes)
    {
        if (!File.Exists(path)) throw FileHeader.Damaged(path, 0, "the file is missing");
        using StorageFile file = Open(path, writable: false);
        long length = file.Length;
        if (length > maxBytes) throw FileHeader.Damaged(path, maxBytes, $"the file has {length} bytes, more than any of its kind");
        var bytes = new byte[length];
        return bytes[..file.ReadFully(bytes, 0)];
    }
}
