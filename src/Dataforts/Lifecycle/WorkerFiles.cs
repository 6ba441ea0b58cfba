using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>The small files in a store's folder that keep what is decided about workers, and what became of their runs.</summary>
/// <remarks>Thread-safe. Each is replaced whole: file header, body, BLAKE3 of both. One that is damaged counts as none, and is told of.</remarks>
internal sealed class WorkerFiles(ChunkStore store)
{
    public const string FolderName = "workers";

    private readonly string _folder = Path.Combine(store.Path, FolderName);
    private readonly Guid _storeId = store.Info.StoreId;

    public WorkerControl LoadControl(string name, out string? damage) =>
        Load(name + WorkerControl.Extension, WorkerControl.Magic, WorkerControl.MaxBodyBytes, static body => WorkerControl.Decode(body), out damage)
        ?? WorkerControl.Default;

    public WorkerRecord LoadRecord(string name, out string? damage) =>
        Load(name + WorkerRecord.Extension, WorkerRecord.Magic, WorkerRecord.MaxBodyBytes, static body => WorkerRecord.Decode(body), out damage)
        ?? WorkerRecord.Default;

    /// <exception cref="DatafortsException">NoSpace, ReadOnly or Io.</exception>
    public void Save(string name, WorkerControl control) => Save(name + WorkerControl.Extension, WorkerControl.Magic, control.Encode());

    /// <exception cref="DatafortsException">NoSpace, ReadOnly or Io.</exception>
    public void Save(string name, WorkerRecord record) => Save(name + WorkerRecord.Extension, WorkerRecord.Magic, record.Encode());

    private T? Load<T>(string file, ulong magic, int maxBodyBytes, Func<byte[], T?> decode, out string? damage)
        where T : class
    {
        damage = null;
        string path = Path.Combine(_folder, file);
        if (!File.Exists(path)) return null;
        try
        {
            byte[] bytes = store.Device.ReadAll(path, FileHeader.SizeBytes + maxBodyBytes + BlobHash.SizeBytes);
            FileHeader header = FileHeader.Read(bytes, magic, path);
            int end = bytes.Length - BlobHash.SizeBytes;
            if (header.StoreId == _storeId && end >= FileHeader.SizeBytes && BlobHash.Compute(bytes.AsSpan(0, end)) == new BlobHash(bytes.AsSpan(end))
                && decode(bytes[FileHeader.SizeBytes..end]) is { } whole)
            {
                return whole;
            }
            damage = $"{path} is damaged, and counts for nothing";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DatafortsException)
        {
            damage = $"{path} cannot be read, and counts for nothing: {error.Message}";
        }
        return null;
    }

    private void Save(string file, ulong magic, byte[] body)
    {
        var bytes = new byte[FileHeader.SizeBytes + body.Length + BlobHash.SizeBytes];
        new FileHeader(magic, FileHeader.CurrentVersion, _storeId, 0, store.Time.GetUtcNow().ToUnixTimeMilliseconds()).Write(bytes);
        body.CopyTo(bytes.AsSpan(FileHeader.SizeBytes));
        int end = bytes.Length - BlobHash.SizeBytes;
        BlobHash.Compute(bytes.AsSpan(0, end)).CopyTo(bytes.AsSpan(end));
        try
        {
            if (!Directory.Exists(_folder)) store.Device.CreateFolder(_folder);
            store.Device.Replace(Path.Combine(_folder, file), bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"{Path.Combine(_folder, file)} cannot be written");
        }
    }
}
