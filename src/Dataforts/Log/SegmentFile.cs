using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Log;

/// <summary>One file of the log. Reads are by position and need no lock; the log's writer alone changes the lengths.</summary>
internal sealed class SegmentFile : IDisposable
{
    private const string Extension = ".segment";
    private readonly bool _writable;
    private SafeFileHandle? _handle;
    private volatile bool _disposed;

    public SegmentFile(string folder, ulong id, Guid storeId, bool writable)
    {
        Id = id;
        Path = System.IO.Path.Combine(folder, $"{id:D16}{Extension}");
        Seed = RecordHeader.SegmentSeed(storeId, id);
        _writable = writable;
    }

    public ulong Id { get; }

    public string Path { get; }

    /// <summary>See <see cref="RecordHeader.SegmentSeed"/>.</summary>
    public uint Seed { get; }

    /// <summary>Where the next record goes: the end of the last whole one.</summary>
    public long Length { get; set; }

    /// <summary>Bytes from the start that are known to be on stable storage.</summary>
    public long SyncedLength { get; set; }

    /// <summary>How long the file was, or must at least have been, when a writer last left it.</summary>
    public long ClosedLength { get; set; }

    /// <summary>Damaged segments are read, never appended to: what lies behind the damage may be someone's data.</summary>
    public bool Damaged { get; set; }

    public SafeFileHandle Handle
    {
        get
        {
            if (_handle is { } open) return open;
            ObjectDisposedException.ThrowIf(_disposed, this);
            SafeFileHandle fresh = File.OpenHandle(Path, FileMode.Open, _writable ? FileAccess.ReadWrite : FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
            SafeFileHandle? first = Interlocked.CompareExchange(ref _handle, fresh, null);
            if (first is null) return fresh;
            fresh.Dispose();
            return first;
        }
    }

    /// <summary>The ids of the segments in a folder, in order. Files with other names are not ours and are left alone.</summary>
    public static List<ulong> List(string folder)
    {
        var ids = new List<ulong>();
        if (!Directory.Exists(folder)) return ids;
        foreach (string path in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            string name = System.IO.Path.GetFileNameWithoutExtension(path);
            if (name.Length == 16 && uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id > 0) ids.Add(id);
        }
        ids.Sort();
        return ids;
    }

    /// <summary>Makes the file, with nothing but its header in it; on an error it is gone again.</summary>
    public void Create(Guid storeId, long nowMs)
    {
        _handle = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            WriteHeader(storeId, nowMs);
        }
        catch
        {
            Dispose();
            File.Delete(Path);
            throw;
        }
        Length = FileHeader.SizeBytes;
    }

    /// <summary>Writes the file's header.</summary>
    public void WriteHeader(Guid storeId, long nowMs)
    {
        Span<byte> header = stackalloc byte[FileHeader.SizeBytes];
        new FileHeader(FileHeader.SegmentMagic, FileHeader.CurrentVersion, storeId, Id, nowMs).Write(header);
        RandomAccess.Write(Handle, header, 0);
        SyncedLength = 0;
    }

    /// <summary>Closes the file until it is needed again. Not while anyone reads it.</summary>
    public void Rest() => Interlocked.Exchange(ref _handle, null)?.Dispose();

    public void Dispose()
    {
        _disposed = true;
        Rest();
    }
}
