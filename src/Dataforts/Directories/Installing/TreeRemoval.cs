using Dataforts.Directories.Files;

namespace Dataforts.Directories.Installing;

/// <summary>Removes a folder and all below it, following no link.</summary>
internal static class TreeRemoval
{
    private const uint OwnerBits = 0x1C0;

    /// <summary>Removes a folder; one that is not there is no error.</summary>
    /// <exception cref="DatafortsException">Io and the like: some of it is left.</exception>
    public static void Remove(string path)
    {
        if (!Directory.Exists(path)) return;
        try
        {
            using (DiskFolder around = DiskFolder.Open(Path.GetDirectoryName(path)!))
                Remove(around, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path)));
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            throw DatafortsException.From(error, $"cannot remove '{path}'");
        }
    }

    private static void Remove(DiskFolder around, byte[] top)
    {
        var open = new Stack<(byte[] Path, bool IsEmptied)>();
        open.Push((top, false));
        ulong device = around.TryStat(top)?.Device ?? 0;
        while (open.TryPop(out (byte[] Path, bool IsEmptied) next))
        {
            if (next.IsEmptied)
            {
                around.RemoveFolder(next.Path);
                continue;
            }
            // Who owns a folder may make it writable, and has to before anything in it can go.
            if (around.TryStat(next.Path) is not { } node) continue;
            if (node.Device != device) throw new IOException($"another file system is mounted at {around.Location}/{PathText.Of(next.Path)}", DiskFault.Busy);
            // Nobody else walks into it from above any more, so no folder in it is swapped for a link meanwhile.
            if (node.Mode != 0 && next.Path == top) around.SetMode(next.Path, OwnerBits);
            else if (node.Mode != 0 && (node.Mode & OwnerBits) != OwnerBits) around.SetMode(next.Path, (node.Mode & 0x1FF) | OwnerBits);
            open.Push((next.Path, true));
            var names = new NameList();
            around.List(next.Path, names);
            for (int i = 0; i < names.Count; i++)
            {
                byte[] path = [.. next.Path, (byte)'/', .. names.NameAt(i)];
                DiskNodeKind kind = names.KindAt(i);
                if (kind == DiskNodeKind.Unknown) kind = around.TryStat(path)?.Kind ?? DiskNodeKind.Unknown;
                if (kind == DiskNodeKind.Directory) open.Push((path, false));
                else around.RemoveFile(path);
            }
        }
    }
}
