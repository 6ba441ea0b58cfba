namespace Dataforts.Tests.Devices;

/// <summary>The files that a loss of power may leave behind a part of a <see cref="Recording"/>.</summary>
/// <remarks>
/// The model is the strict one of POSIX: a file's bytes and length are there when the file was flushed since, a name in a folder when the folder
/// was; flushing a file does not keep its name. What was not flushed is there or not, each write by itself and in parts, each entry by itself.
/// A rename is whole or not at all. See Pillai and others, "All file systems are not created equal", OSDI 2014.
/// </remarks>
internal sealed class DiskAfterLoss
{
    private const int Sector = 512;
    private const int Page = 4096;

    private readonly Dictionary<int, List<(int Index, DeviceOperation Operation)>> _data = [];
    private readonly List<(int Index, DeviceOperation Operation)> _entries = [];
    private readonly Dictionary<int, int> _flushedFiles = [];
    private readonly Dictionary<string, int> _flushedFolders = new(StringComparer.Ordinal);

    /// <summary>The state behind the first <paramref name="cut"/> operations.</summary>
    public DiskAfterLoss(IReadOnlyList<DeviceOperation> operations, int cut)
    {
        for (int i = 0; i < cut; i++) Take(i, operations[i]);
    }

    /// <summary>Makes the files in an empty folder.</summary>
    public void Write(string root, Survival survival, Random random)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach ((int index, DeviceOperation entry) in _entries)
        {
            if (index >= _flushedFolders.GetValueOrDefault(FolderOf(entry.Path)) && !Survives(survival, random)) continue;
            if (entry.Deed == DeviceDeed.CreateFolder) folders.Add(entry.Path);
            else if (entry.Deed == DeviceDeed.Delete) names.Remove(entry.Path);
            else
            {
                names[entry.Path] = entry.File;
                if (entry.Deed == DeviceDeed.Move) names.Remove(entry.From);
            }
        }
        foreach (string folder in folders.Where(folder => IsThere(folder, folders)).Order(StringComparer.Ordinal)) Directory.CreateDirectory(At(root, folder));
        foreach ((string name, int file) in names)
        {
            if (IsThere(FolderOf(name), folders)) File.WriteAllBytes(At(root, name), ContentOf(file, survival, random));
        }
    }

    private void Take(int index, DeviceOperation operation)
    {
        switch (operation.Deed)
        {
            case DeviceDeed.Write or DeviceDeed.SetLength:
                if (!_data.TryGetValue(operation.File, out var data)) _data[operation.File] = data = [];
                data.Add((index, operation));
                break;
            case DeviceDeed.FlushData:
                _flushedFiles[operation.File] = Math.Max(operation.Since, _flushedFiles.GetValueOrDefault(operation.File));
                break;
            case DeviceDeed.FlushFolder:
                _flushedFolders[operation.Path] = Math.Max(operation.Since, _flushedFolders.GetValueOrDefault(operation.Path));
                break;
            case DeviceDeed.Create or DeviceDeed.CreateFolder or DeviceDeed.Move or DeviceDeed.Delete:
                _entries.Add((index, operation));
                break;
        }
    }

    private byte[] ContentOf(int file, Survival survival, Random random)
    {
        if (!_data.TryGetValue(file, out var data)) return [];
        int flushed = _flushedFiles.GetValueOrDefault(file);
        // Lengths go their own way: what was written may be missing though the file is as long as if it were there.
        bool keepsLength = survival == Survival.Some && random.Next(3) == 0;
        var content = new MemoryStream();
        long longest = 0;
        foreach ((int index, DeviceOperation operation) in data)
        {
            bool isFlushed = index < flushed;
            if (operation.Deed == DeviceDeed.SetLength)
            {
                longest = Math.Min(longest, operation.Offset);
                if (isFlushed || Survives(survival, random)) content.SetLength(operation.Offset);
                continue;
            }
            longest = Math.Max(longest, operation.Offset + operation.Bytes.Length);
            if (isFlushed || survival == Survival.Everything) Put(content, operation.Offset, operation.Bytes);
            else if (survival == Survival.Some) PutSome(content, operation, random);
        }
        if (keepsLength && longest > content.Length) content.SetLength(longest);
        return content.ToArray();
    }

    private static void PutSome(MemoryStream content, DeviceOperation write, Random random)
    {
        switch (random.Next(5))
        {
            case 0 or 1:
                Put(content, write.Offset, write.Bytes);
                break;
            case 2:
                // Up to the end of a sector of the device.
                long end = (write.Offset + random.Next(write.Bytes.Length + Sector)) / Sector * Sector;
                if (end > write.Offset) Put(content, write.Offset, write.Bytes.AsSpan(0, (int)Math.Min(end - write.Offset, write.Bytes.Length)));
                break;
            case 3:
                // Some pages of the system's cache, in any order.
                for (int start = 0; start < write.Bytes.Length;)
                {
                    int length = (int)Math.Min(write.Bytes.Length - start, Page - ((write.Offset + start) % Page));
                    if (random.Next(2) == 0) Put(content, write.Offset + start, write.Bytes.AsSpan(start, length));
                    start += length;
                }
                break;
        }
    }

    private static void Put(MemoryStream content, long offset, ReadOnlySpan<byte> bytes)
    {
        if (content.Length < offset) content.SetLength(offset);
        content.Position = offset;
        content.Write(bytes);
    }

    private static bool Survives(Survival survival, Random random) =>
        survival == Survival.Everything || (survival == Survival.Some && random.Next(2) == 0);

    private static bool IsThere(string folder, HashSet<string> folders) =>
        folder == "" || (folders.Contains(folder) && IsThere(FolderOf(folder), folders));

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "";

    private static string At(string root, string name) => Path.Combine(root, name.Replace('/', Path.DirectorySeparatorChar));
}
