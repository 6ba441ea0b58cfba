using System.Runtime.InteropServices;
using Dataforts.Log;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Directories.Files;

/// <summary>A folder of Linux by its descriptor: whatever becomes of the path by which it was found, this stays the same folder.</summary>
internal sealed unsafe class LinuxFolder : DiskFolder
{
    private const int MaxPath = 4096;

    private static volatile bool _lacksOpenAt2;

    private readonly SafeFileHandle _handle;
    private readonly int _root;

    public LinuxFolder(string location)
        : base(location)
    {
        _root = LinuxCalls.open(location, LinuxCalls.ReadOnly | LinuxCalls.FolderOnly | LinuxCalls.CloseOnExec);
        if (_root < 0) throw LinuxCalls.LastError(location, default);
        _handle = new SafeFileHandle(_root, ownsHandle: true);
    }

    public override uint NewFileMode => 0x1B6 & ~LinuxCalls.WithheldModes;

    public override uint NewFolderMode => 0x1FF & ~LinuxCalls.WithheldModes;

    public override void List(ReadOnlySpan<byte> folder, NameList names)
    {
        int descriptor = OpenBeneath(folder.IsEmpty ? "."u8 : folder, LinuxCalls.ReadOnly | LinuxCalls.FolderOnly);
        byte* stream = LinuxCalls.fdopendir(descriptor);
        if (stream == null)
        {
            IOException error = LinuxCalls.LastError(Location, folder);
            _ = LinuxCalls.close(descriptor);
            throw error;
        }
        try
        {
            while (true)
            {
                byte* entry = LinuxCalls.readdir(stream);
                if (entry == null) break;
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
                if (name is [(byte)'.'] or [(byte)'.', (byte)'.']) continue;
                names.Add(name, KindOf(entry[18]));
            }
            if (Marshal.GetLastPInvokeError() != 0) throw LinuxCalls.LastError(Location, folder);
        }
        finally
        {
            _ = LinuxCalls.closedir(stream);
        }
    }

    public override DiskFile OpenFile(ReadOnlySpan<byte> path) =>
        new LinuxFile(OpenBeneath(path, LinuxCalls.ReadOnly | LinuxCalls.NonBlocking | LinuxCalls.NoTerminal), Location, path.ToArray());

    public override DiskNode? TryStat(ReadOnlySpan<byte> path)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        if (LinuxFile.StatOf(_root, Terminated(path, zeroed), 0) is { } node) return node;
        return Marshal.GetLastPInvokeError() is DiskFault.NoEntry or DiskFault.NotAFolder ? null : throw LinuxCalls.LastError(Location, path);
    }

    public override byte[] ReadLink(ReadOnlySpan<byte> path)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        byte* text = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path, zeroed))
        {
            nint length = LinuxCalls.readlinkat(_root, at, text, MaxPath);
            if (length < 0) throw LinuxCalls.LastError(Location, path);
            return new ReadOnlySpan<byte>(text, (int)length).ToArray();
        }
    }

    public override DiskFile CreateFile(ReadOnlySpan<byte> path, uint mode)
    {
        const int Flags = LinuxCalls.WriteOnly | LinuxCalls.Create | LinuxCalls.Exclusive | LinuxCalls.CloseOnExec;
        Span<byte> zeroed = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path, zeroed))
        {
            int descriptor = LinuxCalls.openat(_root, at, Flags | LinuxCalls.NoFollow, mode);
            if (descriptor < 0) throw LinuxCalls.LastError(Location, path);
            var file = new LinuxFile(descriptor, Location, path.ToArray());
            try
            {
                if ((mode & LinuxCalls.WithheldModes) != 0) file.SetMode(mode);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    public override void MakeFolder(ReadOnlySpan<byte> path, uint mode)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path, zeroed))
        {
            if (LinuxCalls.mkdirat(_root, at, mode) != 0) throw LinuxCalls.LastError(Location, path);
            if ((mode & LinuxCalls.WithheldModes) != 0 && LinuxCalls.fchmodat(_root, at, mode, 0) != 0) throw LinuxCalls.LastError(Location, path);
        }
    }

    public override void MakeLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, bool isToFolder)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath], text = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path, zeroed), to = Terminated(target, text))
        {
            if (LinuxCalls.symlinkat(to, _root, at) != 0) throw LinuxCalls.LastError(Location, path);
        }
    }

    public override bool TryShare(DiskFolder from, ReadOnlySpan<byte> path)
    {
        if (from is not LinuxFolder other) return false;
        Span<byte> zeroed = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path, zeroed))
        {
            if (LinuxCalls.linkat(other._root, at, _root, at, 0) == 0) return true;
            return Marshal.GetLastPInvokeError() is DiskFault.NotPermitted or DiskFault.AccessDenied or DiskFault.CrossDevice or DiskFault.TooManyLinks
                or DiskFault.NotSupported or DiskFault.NoSystemCall
                ? false
                : throw LinuxCalls.LastError(Location, path);
        }
    }

    public override void SetMode(ReadOnlySpan<byte> path, uint mode)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path.IsEmpty ? "."u8 : path, zeroed))
        {
            if (LinuxCalls.fchmodat(_root, at, mode, 0) != 0) throw LinuxCalls.LastError(Location, path);
        }
    }

    public override void SetTime(ReadOnlySpan<byte> path, long modifiedAtNs)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        long* times = stackalloc long[4];
        FillTimes(modifiedAtNs, times);
        fixed (byte* at = Terminated(path, zeroed))
        {
            if (LinuxCalls.utimensat(_root, at, times, LinuxCalls.NoFollowAt) != 0) throw LinuxCalls.LastError(Location, path);
        }
    }

    public override void RemoveFile(ReadOnlySpan<byte> path) => Remove(path, 0);

    public override void RemoveFolder(ReadOnlySpan<byte> path) => Remove(path, LinuxCalls.RemoveFolderAt);

    public override void Flush() => StableStorage.FlushFileSystem(_handle, Location);

    public override void Dispose() => _handle.Dispose();

    /// <summary>The pair that leaves the time of the last access alone and sets the other.</summary>
    public static void FillTimes(long modifiedAtNs, long* times)
    {
        const long Omit = (1L << 30) - 2, Second = 1_000_000_000;
        (long seconds, long rest) = Math.DivRem(modifiedAtNs, Second);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + Second);
        (times[0], times[1], times[2], times[3]) = (0, Omit, seconds, rest);
    }

    // The kernel refuses links anywhere in the path; before Linux 5.6 only at its end.
    private int OpenBeneath(ReadOnlySpan<byte> path, int flags)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        flags |= LinuxCalls.CloseOnExec | LinuxCalls.NoFollow;
        fixed (byte* at = Terminated(path, zeroed))
        {
            if (!_lacksOpenAt2)
            {
                ulong* how = stackalloc ulong[3];
                (how[0], how[1], how[2]) = ((ulong)flags, 0, LinuxCalls.NoLinksBeneath);
                int opened = (int)LinuxCalls.openat2((nint)LinuxCalls.OpenAt2, _root, at, how, 3 * sizeof(ulong));
                if (opened >= 0) return opened;
                // Sandboxes that do not know the call say that it is not permitted.
                if (Marshal.GetLastPInvokeError() is not (DiskFault.NoSystemCall or DiskFault.NotPermitted)) throw LinuxCalls.LastError(Location, path);
                _lacksOpenAt2 = Marshal.GetLastPInvokeError() == DiskFault.NoSystemCall;
            }
            int descriptor = LinuxCalls.openat(_root, at, flags, 0);
            return descriptor >= 0 ? descriptor : throw LinuxCalls.LastError(Location, path);
        }
    }

    private void Remove(ReadOnlySpan<byte> path, int flags)
    {
        Span<byte> zeroed = stackalloc byte[MaxPath];
        fixed (byte* at = Terminated(path, zeroed))
        {
            if (LinuxCalls.unlinkat(_root, at, flags) != 0) throw LinuxCalls.LastError(Location, path);
        }
    }

    private ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> path, Span<byte> zeroed)
    {
        if (path.Length >= zeroed.Length || path.Contains((byte)0))
        {
            Marshal.SetLastPInvokeError(DiskFault.NameTooLong);
            throw LinuxCalls.LastError(Location, path);
        }
        path.CopyTo(zeroed);
        zeroed[path.Length] = 0;
        return zeroed[..(path.Length + 1)];
    }

    private static DiskNodeKind KindOf(byte type) => type switch
    {
        8 => DiskNodeKind.File,
        4 => DiskNodeKind.Directory,
        10 => DiskNodeKind.Symlink,
        1 => DiskNodeKind.Fifo,
        12 => DiskNodeKind.Socket,
        2 or 6 => DiskNodeKind.Device,
        _ => DiskNodeKind.Unknown,
    };
}
