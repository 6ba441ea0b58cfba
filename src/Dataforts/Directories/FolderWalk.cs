using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>Goes through all below a folder in the order of the paths' bytes, which is that of a manifest, and keeps in memory the names of
/// the folders it is in, no more.</summary>
/// <remarks>For one caller at a time. A folder comes before what is in it, but not right before: <c>a</c>, <c>a-b</c>, <c>a/c</c>.</remarks>
internal sealed class FolderWalk(DiskFolder root)
{
    private readonly Stack<FolderLevel> _levels = new();
    private readonly Stack<NameList> _free = new();
    private byte[] _path = new byte[256];

    /// <summary>Every node's path and kind. To be enumerated once.</summary>
    public IEnumerable<(byte[] Path, DiskNodeKind Kind)> Nodes()
    {
        Enter(0);
        while (_levels.TryPeek(out FolderLevel? level))
        {
            if (level.NextFolder() is { } folder)
            {
                int length = Append(level, folder);
                _path[length++] = (byte)'/';
                Enter(length);
            }
            else if (level.Next == level.Names.Count)
            {
                level.Names.Clear();
                _free.Push(level.Names);
                _levels.Pop();
            }
            else
            {
                int index = level.Next++;
                byte[] path = _path[..Append(level, index)];
                DiskNodeKind kind = level.Names.KindAt(index);
                if (kind == DiskNodeKind.Unknown)
                {
                    kind = root.TryStat(path)?.Kind ?? throw new FileNotFoundException($"{root.Location}: what was listed is gone");
                    level.Names.SetKind(index, kind);
                }
                if (kind == DiskNodeKind.Directory) level.Pending.Push(index);
                yield return (path, kind);
            }
        }
    }

    /// <summary>Leaves out what is in the folder that came last.</summary>
    public void SkipLast() => _levels.Peek().Pending.Pop();

    private void Enter(int pathLength)
    {
        NameList names = _free.TryPop(out NameList? used) ? used : new NameList();
        root.List(_path.AsSpan(0, Math.Max(0, pathLength - 1)), names);
        names.Sort();
        _levels.Push(new FolderLevel(names, pathLength));
    }

    private int Append(FolderLevel level, int index)
    {
        ReadOnlySpan<byte> name = level.Names.NameAt(index);
        int length = level.PathLength + name.Length;
        // One more for a slash.
        if (length >= _path.Length) Array.Resize(ref _path, (length + 1) * 2);
        name.CopyTo(_path.AsSpan(level.PathLength));
        return length;
    }

    /// <summary>Where the walk stands in one folder, and which folders in it were told and not yet gone into.</summary>
    private sealed class FolderLevel(NameList names, int pathLength)
    {
        public NameList Names { get; } = names;

        public int PathLength { get; } = pathLength;

        public int Next { get; set; }

        public Stack<int> Pending { get; } = new();

        public int? NextFolder()
        {
            if (!Pending.TryPeek(out int folder)) return null;
            if (Next < Names.Count && !IsBefore(Names.NameAt(folder), Names.NameAt(Next))) return null;
            return Pending.Pop();
        }

        // Whether a folder's name and a slash come before another name.
        private static bool IsBefore(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
        {
            if (!name.StartsWith(folder)) return folder.SequenceCompareTo(name) < 0;
            return name.Length > folder.Length && name[folder.Length] > (byte)'/';
        }
    }
}
