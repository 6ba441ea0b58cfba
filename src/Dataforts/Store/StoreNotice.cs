using System.Buffers.Binary;
using System.Text;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>The file that tells other processes why a writer has ceased to write. It goes when the next writer opens the store.</summary>
/// <remarks>
/// After the file header:
/// <code>
///  0  4  length of the text, u32 LE
///  4  n  why, UTF-8
///    32  BLAKE3 of all before
/// </code>
/// </remarks>
internal static class StoreNotice
{
    public const string FileName = "notice";

    private const int MaxTextBytes = 16 * 1024;
    private const int MaxFileBytes = FileHeader.SizeBytes + 4 + MaxTextBytes + BlobHash.SizeBytes;

    /// <summary>Leaves the notice, where the device takes it: it is one that refuses writes.</summary>
    /// <returns>Whether it did.</returns>
    public static bool TrySave(StorageDevice device, string folder, Guid storeId, string why, long nowMs)
    {
        byte[] text = Encoding.UTF8.GetBytes(why);
        int length = Math.Min(text.Length, MaxTextBytes);
        var bytes = new byte[FileHeader.SizeBytes + 4 + length + BlobHash.SizeBytes];
        new FileHeader(FileHeader.NoticeMagic, FileHeader.CurrentVersion, storeId, 0, nowMs).Write(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(FileHeader.SizeBytes), length);
        text.AsSpan(0, length).CopyTo(bytes.AsSpan(FileHeader.SizeBytes + 4));
        int end = bytes.Length - BlobHash.SizeBytes;
        BlobHash.Compute(bytes.AsSpan(0, end)).CopyTo(bytes.AsSpan(end));
        try
        {
            device.Replace(Path.Combine(folder, FileName), bytes);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What the notice says; null when there is none, or none that can be read.</summary>
    public static string? Load(StorageDevice device, string folder, Guid storeId)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            byte[] bytes = device.ReadAll(path, MaxFileBytes);
            FileHeader header = FileHeader.Read(bytes, FileHeader.NoticeMagic, path);
            int end = bytes.Length - BlobHash.SizeBytes;
            bool isWhole = header.StoreId == storeId && end >= FileHeader.SizeBytes + 4
                && BlobHash.Compute(bytes.AsSpan(0, end)) == new BlobHash(bytes.AsSpan(end))
                && BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(FileHeader.SizeBytes)) == end - FileHeader.SizeBytes - 4;
            return isWhole ? Encoding.UTF8.GetString(bytes.AsSpan(FileHeader.SizeBytes + 4, end - FileHeader.SizeBytes - 4)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DatafortsException)
        {
            return null;
        }
    }

    /// <summary>Takes the notice away.</summary>
    public static void Remove(StorageDevice device, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path)) device.Delete(path);
    }
}
