using System.Globalization;

namespace Dataforts.Log;

/// <summary>One file of the log. Reads are by position and need no lock; the log's writer alone changes the lengths.</summary>
internal sealed class SegmentFile : IDisposable
{
    public const string Extension = ".segment";

    private readonly StorageDevice _device;
    private readonly RestingFile _file;

    public SegmentFile(SegmentLogOptions options, OpenFiles open, ulong id)
    {
        Id = id;
        _device = options.Device;
        _file = new RestingFile(options.Device, open, PathOf(options.Folder, id), options.Writable);
        Seed = RecordHeader.SegmentSeed(options.StoreId, id);
    }

    public ulong Id { get; }

    public string Path => _file.Path;

    /// <summary>See <see cref="RecordHeader.SegmentSeed"/>.</summary>
    public uint Seed { get; }

    /// <summary>Where the next record goes: the end of the last whole one.</summary>
    public long Length { get; set; }

    /// <summary>How long the file was when the log was opened, a torn tail included.</summary>
    public long SeenLength { get; set; }

    /// <summary>Bytes from the start that are known to be on stable storage.</summary>
    public long SyncedLength { get; set; }

    /// <summary>Whether the file was cut back and not flushed since: what was behind its end may come back.</summary>
    public bool WasCutBack { get; set; }

    /// <summary>How long the file was, or must at least have been, when a writer last left it.</summary>
    public long ClosedLength { get; set; }

    /// <summary>Where the room that was set aside for it ends.</summary>
    public long PreallocatedEnd { get; set; }

    /// <summary>How far its hint file speaks of it.</summary>
    public long HintedLength { get; set; }

    /// <summary>Bytes of records that are known to be of no use any more, headers included.</summary>
    public long GarbageBytes;

    /// <summary>When the first of them was told of since the log was opened, Unix milliseconds; 0 when there were some before, or none yet.</summary>
    public long GarbageSinceMs;

    /// <summary>Damaged segments are read, never appended to: what lies behind the damage may be someone's data.</summary>
    public bool Damaged { get; set; }

    /// <summary>Takes no more records.</summary>
    public bool Sealed { get; set; }

    /// <summary>The device refused what lies behind the synced length; it has been written again elsewhere.</summary>
    public bool Abandoned { get; set; }

    /// <summary>See <see cref="RestingFile.File"/>.</summary>
    public StorageFile File => _file.File;

    /// <summary>The path of a segment of a folder.</summary>
    public static string PathOf(string folder, ulong id) => System.IO.Path.Combine(folder, $"{id:D16}{Extension}");

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

    /// <summary>Reads until the destination is full or the file ends.</summary>
    public int Read(Span<byte> destination, long offset) => _file.Read(destination, offset);

    /// <inheritdoc cref="StorageFile.Write(IReadOnlyList{ReadOnlyMemory{byte}}, long)"/>
    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        _file.Hold();
        Use((pieces, offset), static (file, a) => file.Write(a.pieces, a.offset));
    }

    /// <inheritdoc cref="StorageFile.Write(ReadOnlySpan{byte}, long)"/>
    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        _file.Hold();
        while (true)
        {
            StorageFile file = File;
            try
            {
                file.Write(source, offset);
                return;
            }
            catch (ObjectDisposedException)
            {
                // Closed to make room for another between the two lines.
            }
        }
    }

    /// <summary>What was written is on stable storage.</summary>
    public void LetGo() => _file.LetGo();

    /// <inheritdoc cref="StorageFile.SetLength"/>
    public void SetLength(long length) => Use(length, static (file, length) => file.SetLength(length));

    /// <inheritdoc cref="StorageFile.Preallocate"/>
    public void Preallocate(long start, long end) => Use((start, end), static (file, a) => file.Preallocate(a.start, a.end));

    /// <inheritdoc cref="StorageFile.FlushData"/>
    public void FlushData() => Use(0, static (file, _) => file.FlushData());

    /// <inheritdoc cref="StorageFile.DropCache"/>
    public void DropCache() => Use(0, static (file, _) => file.DropCache());

    /// <summary>Makes the file, with nothing but its header in it; on an error it is gone again.</summary>
    public void Create(Guid storeId, long nowMs)
    {
        _file.Hold();
        _file.Create();
        try
        {
            WriteHeader(storeId, nowMs);
        }
        catch
        {
            Dispose();
            _device.Delete(Path);
            throw;
        }
        Length = FileHeader.SizeBytes;
    }

    /// <summary>Writes the file's header.</summary>
    public void WriteHeader(Guid storeId, long nowMs)
    {
        Span<byte> header = stackalloc byte[FileHeader.SizeBytes];
        new FileHeader(FileHeader.SegmentMagic, FileHeader.CurrentVersion, storeId, Id, nowMs).Write(header);
        Write(header, 0);
        SyncedLength = 0;
    }

    // As Read: what is done to the file can be done a second time.
    private void Use<T>(T argument, Action<StorageFile, T> deed)
    {
        while (true)
        {
            StorageFile file = File;
            try
            {
                deed(file, argument);
                return;
            }
            catch (ObjectDisposedException)
            {
                // Closed to make room for another between the two lines.
            }
        }
    }

    /// <summary>Closes the file until it is needed again.</summary>
    public void Rest() => _file.Rest();

    public void Dispose() => _file.Dispose();
}
