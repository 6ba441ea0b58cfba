using System.Buffers;
using System.Buffers.Binary;
using Dataforts.Hashing;

namespace Dataforts.Content.Directories;

/// <summary>Decides whether a tree may be written down at all. Every entry goes through <see cref="Add"/>; when all have, every link goes through
/// <see cref="CheckLink"/>. Only when neither objected is the manifest safe.</summary>
/// <remarks>
/// <para>Pure, for one caller at a time, and it touches no file: the answer is the same on every system. It keeps about 50 bytes for an entry.</para>
/// <para>Links are judged by their text alone. A link may end at another link but not lead through one; keys are folded (see
/// <see cref="NameFolding"/>) under both rules, so that no other spelling of a link gets by.</para>
/// </remarks>
public sealed class ManifestCheck
{
    private readonly PathTable _paths = new();
    private readonly HashSet<UInt128> _links = [];
    private readonly HashSet<UInt128> _crossed = [];
    private readonly EntryRules _rules;
    private readonly DirectoryLimits _limits;
    private readonly ArrayBufferWriter<byte> _folded = new(256);
    private readonly byte[] _parent = new byte[DirectoryLimits.MaxPathBytes];
    private int _parentLength;

    /// <summary>Makes a check for one manifest.</summary>
    public ManifestCheck(EntryRules rules = EntryRules.Portable, DirectoryLimits? limits = null) =>
        (_rules, _limits) = (rules, limits ?? new DirectoryLimits());

    /// <summary>What went through so far.</summary>
    public DirectoryTotals Totals { get; private set; }

    /// <summary>Takes the next entry, in any order.</summary>
    /// <exception cref="DirectoryFormatException">It must not be written; <see cref="DirectoryFormatException.Fault"/> says why.</exception>
    public void Add(DirectoryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ReadOnlySpan<byte> path = entry.PathBytes.Span;
        if (NameRules.Reject(path, _rules, _limits.MaxDepth) is { } refused) throw DirectoryFormatException.Of(refused.Fault, entry, refused.Why);
        CheckTotals(entry);
        NoteParents(entry, path);
        Note(entry, path);
    }

    /// <summary>Checks a link's text and where it leads, once every entry was added; the answer is the same each time.
    /// Does nothing for what is no link.</summary>
    /// <exception cref="DirectoryFormatException">Its text is not fit, or it leads out of the tree, or through another link.</exception>
    public void CheckLink(DirectoryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Kind != EntryKind.Symlink) return;
        if (NameRules.RejectTarget(entry.TargetBytes.Span, _rules) is { } refused)
            throw DirectoryFormatException.Of(refused.Fault, entry, refused.Why);
        ReadOnlySpan<byte> path = entry.PathBytes.Span, rest = entry.TargetBytes.Span;
        Span<byte> at = stackalloc byte[DirectoryLimits.MaxPathBytes * 2 + 2];
        int length = Math.Max(0, path.LastIndexOf((byte)'/'));
        path[..length].CopyTo(at);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (name.IsEmpty || name is [(byte)'.']) continue;
            // From here on the link leads through what was its end so far.
            if (name is [(byte)'.', (byte)'.'])
            {
                if (length == 0) throw DirectoryFormatException.Of(EntryFault.LinkLeavesTree, entry, $"is a link out of the tree: {entry.Target}");
                length = Math.Max(0, at[..length].LastIndexOf((byte)'/'));
            }
            else
            {
                if (length > 0) at[length++] = (byte)'/';
                name.CopyTo(at[length..]);
                length += name.Length;
            }
            if (!rest.TrimStart((byte)'/').IsEmpty && length > 0) Cross(entry, at[..length]);
        }
    }

    /// <summary>Whether a link of the manifest leads through a path: then that must be no link either, wherever the tree is laid over.</summary>
    public bool IsCrossed(ReadOnlySpan<byte> path) => _crossed.Contains(FoldedKey(path));

    /// <summary>What the manifest has at a path, spelled just so: an entry's kind, a directory also where only something below it has an entry;
    /// null for nothing.</summary>
    public EntryKind? KindAt(ReadOnlySpan<byte> path)
    {
        PathState state = _paths.Find(Key(path, out ulong exact), out ulong known);
        return exact != known ? null : state switch
        {
            PathState.Implied or PathState.Directory => EntryKind.Directory,
            PathState.File => EntryKind.File,
            PathState.Symlink => EntryKind.Symlink,
            _ => null,
        };
    }

    private void Cross(DirectoryEntry entry, ReadOnlySpan<byte> through)
    {
        UInt128 key = FoldedKey(through);
        if (_links.Contains(key)) throw DirectoryFormatException.Of(EntryFault.LinkThroughLink, entry, $"is a link through another link: {entry.Target}");
        _crossed.Add(key);
    }

    private void CheckTotals(DirectoryEntry entry)
    {
        DirectoryTotals totals;
        try
        {
            totals = Totals.Plus(entry);
        }
        catch (OverflowException)
        {
            throw DirectoryFormatException.Of(EntryFault.TooManyBytes, entry, "brings the tree above what 64 bits can count");
        }
        if (totals.Entries > _limits.MaxEntries)
            throw DirectoryFormatException.Of(EntryFault.TooManyEntries, entry, $"is one above the limit of {_limits.MaxEntries}");
        if (totals.Bytes > _limits.MaxTotalBytes)
        {
            throw DirectoryFormatException.Of(
                EntryFault.TooManyBytes, entry, $"brings the tree to {totals.Bytes} bytes, above the limit of {_limits.MaxTotalBytes}");
        }
        Totals = totals;
    }

    // Neighbours mostly have one parent, which is looked at once.
    private void NoteParents(DirectoryEntry entry, ReadOnlySpan<byte> path)
    {
        int end = path.LastIndexOf((byte)'/');
        if (end < 0 || path[..end].SequenceEqual(_parent.AsSpan(0, _parentLength))) return;
        for (int at = path.IndexOf((byte)'/'); at >= 0;)
        {
            ReadOnlySpan<byte> parent = path[..at];
            UInt128 key = Key(parent, out ulong exact);
            PathState known = _paths.Find(key, out ulong knownExact);
            if (known == PathState.Symlink) throw DirectoryFormatException.Of(EntryFault.BelowSymlink, entry, "is below a symbolic link");
            if (known == PathState.File) throw DirectoryFormatException.Of(EntryFault.BelowFile, entry, "is below a file");
            if (known == PathState.Unknown) _paths.Set(key, exact, PathState.Implied);
            else if (knownExact != exact) throw Collides(entry);
            int next = path[(at + 1)..].IndexOf((byte)'/');
            at = next < 0 ? -1 : at + 1 + next;
        }
        path[..end].CopyTo(_parent);
        _parentLength = end;
    }

    private void Note(DirectoryEntry entry, ReadOnlySpan<byte> path)
    {
        UInt128 key = Key(path, out ulong exact);
        PathState known = _paths.Find(key, out ulong knownExact);
        if (known != PathState.Unknown && knownExact != exact) throw Collides(entry);
        if (known == PathState.Implied && entry.Kind != EntryKind.Directory)
        {
            throw entry.Kind == EntryKind.File
                ? DirectoryFormatException.Of(EntryFault.BelowFile, entry, "is a file, and another entry is below it")
                : DirectoryFormatException.Of(EntryFault.BelowSymlink, entry, "is a symbolic link, and another entry is below it");
        }
        if (known is not (PathState.Unknown or PathState.Implied)) throw DirectoryFormatException.Of(EntryFault.Duplicate, entry, "is there twice");
        PathState state = entry.Kind switch
        {
            EntryKind.File => PathState.File,
            EntryKind.Directory => PathState.Directory,
            _ => PathState.Symlink,
        };
        _paths.Set(key, exact, state);
        if (state == PathState.Symlink) _links.Add(FoldedKey(path));
    }

    private static DirectoryFormatException Collides(DirectoryEntry entry) => DirectoryFormatException.Of(
        EntryFault.Collision, entry, "is spelled otherwise elsewhere, and some systems would take the two for one (case, or how characters are composed)");

    private UInt128 Key(ReadOnlySpan<byte> path, out ulong exact)
    {
        if (_rules == EntryRules.Portable)
        {
            UInt128 folded = FoldedKey(path);
            exact = (ulong)HashOf(path);
            return folded;
        }
        UInt128 key = HashOf(path);
        exact = (ulong)key;
        return key;
    }

    private UInt128 FoldedKey(ReadOnlySpan<byte> path)
    {
        _folded.ResetWrittenCount();
        NameFolding.Fold(path, _folded);
        return HashOf(_folded.WrittenSpan);
    }

    private static UInt128 HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Blake3.HashSizeBytes];
        Blake3.Hash(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
