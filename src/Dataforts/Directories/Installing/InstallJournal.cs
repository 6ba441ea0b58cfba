using System.Text;
using Dataforts.Hashing;
using Dataforts.Log;

namespace Dataforts.Directories.Installing;

/// <summary>The note beside a tree that says it is being replaced. Whoever holds it is alone with that tree; whoever finds it without a holder
/// finishes or undoes what the one who died had begun.</summary>
/// <remarks>For one caller at a time. The file: magic, phase, a token of the run, the tree's name, BLAKE3 of all that.</remarks>
internal sealed class InstallJournal : IDisposable
{
    private const int TokenBytes = 16, MaxBytes = 8192;
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;
    private readonly byte[] _token = Guid.NewGuid().ToByteArray();
    private readonly string _path;

    private InstallJournal(FileStream file, string path) => (_file, _path) = (file, path);

    private static ReadOnlySpan<byte> Magic => "DFINSTL1"u8;

    /// <summary>What the one before, who died, had noted; null when there was none, or nothing that can be read.</summary>
    public (InstallPhase Phase, string Name)? Found { get; private init; }

    /// <summary>Takes the journal, waiting for who holds it.</summary>
    /// <exception cref="DatafortsException">DestinationInUse.</exception>
    public static async Task<InstallJournal> TakeAsync(InstallPaths paths, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            if (TryTake(paths.Journal) is { } taken) return taken;
            if (time.GetElapsedTime(start) >= timeout)
                throw new DatafortsException(ErrorKind.DestinationInUse, $"another run is putting a tree at '{paths.Destination}'");
            await Task.Delay(RetryEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the journal if nobody holds it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="create">Whether to make one.</param>
    public static InstallJournal? TryTake(string path, bool create = true)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0);
            if (!StableStorage.TryLock(file.SafeFileHandle, path) || !IsStillAt(path, file)) return null;
            var taken = new InstallJournal(file, path) { Found = Decode(Read(file)) };
            file = null;
            return taken;
        }
        catch (IOException error) when (error is FileNotFoundException || IsHeld(error))
        {
            // Gone again, or held by another.
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Notes what is going on.</summary>
    /// <param name="phase">How far it is.</param>
    /// <param name="name">The tree's name.</param>
    /// <param name="isDurable">Whether the note is on stable storage on return.</param>
    public void Note(InstallPhase phase, string name, bool isDurable)
    {
        byte[] content = Encode(phase, name);
        _file.Position = 0;
        _file.Write(content);
        _file.SetLength(content.Length);
        if (!isDurable) return;
        _file.Flush(flushToDisk: true);
        StableStorage.FlushFolder(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes the note; nothing is left to be done.</summary>
    public void Remove() => File.Delete(_path);

    public void Dispose() => _file.Dispose();

    private byte[] Encode(InstallPhase phase, string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        byte[] content = new byte[Magic.Length + 1 + TokenBytes + utf8.Length + Blake3.HashSizeBytes];
        Magic.CopyTo(content);
        content[Magic.Length] = (byte)phase;
        _token.CopyTo(content.AsSpan(Magic.Length + 1));
        utf8.CopyTo(content.AsSpan(Magic.Length + 1 + TokenBytes));
        Blake3.Hash(content.AsSpan(..^Blake3.HashSizeBytes), content.AsSpan(^Blake3.HashSizeBytes..));
        return content;
    }

    private static (InstallPhase, string)? Decode(ReadOnlySpan<byte> content)
    {
        int headBytes = Magic.Length + 1 + TokenBytes;
        if (content.Length <= headBytes + Blake3.HashSizeBytes || !content.StartsWith(Magic)) return null;
        ReadOnlySpan<byte> body = content[..^Blake3.HashSizeBytes];
        if (!Blake3.Hash(body).AsSpan().SequenceEqual(content[^Blake3.HashSizeBytes..]) || content[Magic.Length] > (byte)InstallPhase.Switching) return null;
        return ((InstallPhase)content[Magic.Length], Encoding.UTF8.GetString(body[headBytes..]));
    }

    private static byte[] Read(FileStream file)
    {
        byte[] content = new byte[(int)Math.Min(file.Length, MaxBytes)];
        file.Position = 0;
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    // Who held it may have removed it between its being opened and locked; then the lock is on nothing. A time that nobody else would give it, in
    // whole even seconds as the coarsest file system keeps them, tells.
    private static bool IsStillAt(string path, FileStream file)
    {
        DateTime mark = DateTime.UnixEpoch.AddSeconds(2L * Random.Shared.Next(1 << 29, 1 << 30));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
        return File.GetLastWriteTimeUtc(path) == mark;
    }

    // A sharing violation has no type of its own.
    private static bool IsHeld(IOException error)
    {
        const int WindowsSharing = 0x20, LinuxWouldBlock = 11, MacWouldBlock = 35;
        int code = error.HResult & 0xFFFF;
        return OperatingSystem.IsWindows() ? code == WindowsSharing : code is LinuxWouldBlock or MacWouldBlock;
    }
}
