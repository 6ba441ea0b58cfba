using System.Text;

namespace Dataforts.Directories.Files;

/// <summary>An open file of Linux.</summary>
internal sealed unsafe class LinuxFile(int descriptor, string folder, byte[] path) : DiskFile
{
    private int _descriptor = descriptor;

    public override DiskNode Stat() => StatOf(_descriptor, default, LinuxCalls.EmptyPath) ?? throw Error();

    public override int Read(Span<byte> buffer, long offset)
    {
        fixed (byte* at = buffer)
        {
            while (true)
            {
                nint read = LinuxCalls.pread(_descriptor, at, buffer.Length, offset);
                if (read >= 0) return (int)read;
                if (!LinuxCalls.WasInterrupted) throw Error();
            }
        }
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint written = LinuxCalls.write(_descriptor, start + done, bytes.Length - done);
                if (written < 0 && !LinuxCalls.WasInterrupted) throw Error();
                done += (int)Math.Max(0, written);
            }
        }
    }

    public override void SetMode(uint mode)
    {
        if (LinuxCalls.fchmod(_descriptor, mode) != 0) throw Error();
    }

    public override void SetTime(long modifiedAtNs)
    {
        long* times = stackalloc long[4];
        LinuxFolder.FillTimes(modifiedAtNs, times);
        if (LinuxCalls.futimens(_descriptor, times) != 0) throw Error();
    }

    public override void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _ = LinuxCalls.close(descriptor);
    }

    /// <summary>Asks after a path below a folder, or after an open file; nothing when there is none.</summary>
    public static DiskNode? StatOf(int folder, ReadOnlySpan<byte> zeroTerminated, int flags)
    {
        const int Size = 256;
        byte* buffer = stackalloc byte[Size];
        byte nothing = 0;
        fixed (byte* given = zeroTerminated)
        {
            if (LinuxCalls.statx(folder, given == null ? &nothing : given, flags | LinuxCalls.NoFollowAt, LinuxCalls.BasicStats, buffer) != 0) return null;
        }
        ushort mode = *(ushort*)(buffer + 28);
        return new DiskNode(
            KindOf(mode),
            *(long*)(buffer + 40),
            mode,
            NsAt(buffer + 112),
            NsAt(buffer + 96),
            ((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140),
            *(ulong*)(buffer + 32));
    }

    private static long NsAt(byte* time) => unchecked((*(long*)time * 1_000_000_000) + *(uint*)(time + 8));

    private static DiskNodeKind KindOf(ushort mode) => (mode & 0xF000) switch
    {
        0x8000 => DiskNodeKind.File,
        0x4000 => DiskNodeKind.Directory,
        0xA000 => DiskNodeKind.Symlink,
        0x1000 => DiskNodeKind.Fifo,
        0xC000 => DiskNodeKind.Socket,
        _ => DiskNodeKind.Device,
    };

    private IOException Error() => LinuxCalls.LastError(folder, path);

    public override string ToString() => $"{folder}/{Encoding.UTF8.GetString(path)}";
}
