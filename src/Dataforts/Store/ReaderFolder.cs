using System.Buffers.Binary;
using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>Where reading processes say what they read, so that a collector in the writing process leaves it alone: the folder <c>readers</c>, with a
/// file for each that is open, locked while its process lives, and a gate that a collector has to itself while it looks and removes.</summary>
/// <remarks>Entries are a byte of reach, the length of the ref (u32 LE) and the encoded ref. Locks are the advisory ones that .NET takes for
/// <see cref="FileShare"/>; on a file system without them, readers in other processes are not protected.</remarks>
internal static class ReaderFolder
{
    public const string Name = "readers";
    public const string Extension = ".reads";

    /// <summary>The longest list of one reader that is looked at; a longer one stops collection.</summary>
    public const int MaxListBytes = 64 << 20;

    private const string GateName = "gate";
    private const int HeadBytes = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static string PathIn(string store) => Path.Combine(store, Name);

    /// <summary>Makes the folder: a writer's business, since who only reads changes nothing else in a store.</summary>
    public static void Make(string store)
    {
        Directory.CreateDirectory(PathIn(store));
        string gate = Path.Combine(PathIn(store), GateName);
        if (!File.Exists(gate)) File.WriteAllBytes(gate, []);
    }

    /// <summary>Passes the gate, together with other readers or alone.</summary>
    /// <exception cref="IOException">It could not be had within five seconds, or not at all.</exception>
    public static FileStream Enter(string store, bool alone)
    {
        string gate = Path.Combine(PathIn(store), GateName);
        var wait = default(SpinWait);
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(gate, FileMode.Open, alone ? FileAccess.ReadWrite : FileAccess.Read,
                    alone ? FileShare.None : FileShare.ReadWrite, bufferSize: 0);
            }
            catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException)
                && TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                // Who has the gate has it for less than a millisecond.
                wait.SpinOnce();
            }
        }
    }

    /// <summary>What readers that live are reading. Files of those that have died are removed.</summary>
    /// <exception cref="DatafortsException">StoreInUse: a list cannot be read; nothing may be removed then.</exception>
    public static List<(BlobRef Ref, RootReach Reach)> ListReads(string store)
    {
        var reads = new List<(BlobRef, RootReach)>();
        foreach (string path in Directory.EnumerateFiles(PathIn(store), "*" + Extension))
        {
            if (IsLeft(path)) File.Delete(path);
            else ReadList(path, reads);
        }
        return reads;
    }

    public static byte[] Encode(BlobRef blob, RootReach reach)
    {
        byte[] encoded = blob.Encode();
        byte[] entry = new byte[HeadBytes + encoded.Length];
        entry[0] = (byte)reach;
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(1), encoded.Length);
        encoded.CopyTo(entry, HeadBytes);
        return entry;
    }

    private static bool IsLeft(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            // Its reader has it.
            return false;
        }
    }

    private static void ReadList(string path, List<(BlobRef, RootReach)> into)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxListBytes) throw new InvalidDataException($"it has more than {MaxListBytes} bytes");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            ReadOnlySpan<byte> rest = bytes;
            while (!rest.IsEmpty)
            {
                int length = rest.Length < HeadBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
                if (length < 0 || length > rest.Length - HeadBytes || rest[0] > (byte)RootReach.Directory) throw new InvalidDataException("it does not parse");
                into.Add((BlobRef.Decode(rest.Slice(HeadBytes, length)), (RootReach)rest[0]));
                rest = rest[(HeadBytes + length)..];
            }
        }
        catch (FileNotFoundException)
        {
            // Its reader has ended.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or BlobFormatException)
        {
            throw new DatafortsException(ErrorKind.StoreInUse, $"what the reader of {path} reads is not to be known: {error.Message}", error);
        }
    }
}
