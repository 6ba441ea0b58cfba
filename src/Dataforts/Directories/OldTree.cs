using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories.Files;
using Dataforts.Hashing;

namespace Dataforts.Directories;

/// <summary>What is at the destination before a tree is fetched: what stays of it, and which of its files are the tree's already.</summary>
/// <remarks>Thread-safe but for the walks, of which one runs at a time. Nothing of it is ever changed.</remarks>
internal sealed class OldTree(DiskFolder root, BlobStore blobs, TreePlan plan, DirectoryGetOptions options)
{
    private const uint PermissionBits = 0x1FF, OwnerBits = 0x1C0, AllBits = 0xFFF;
    private const int PieceBytes = 128 * 1024;

    public DiskFolder Root => root;

    /// <summary>Looks through the old tree for what is in the way, before anything is written.</summary>
    /// <exception cref="DatafortsException">Exists: a folder would have to give way to a file or link; Unsupported: another file system is mounted in
    /// it; UnsafeEntry: a link of the new tree would lead through a link that stays.</exception>
    public void CheckConflicts(CancellationToken cancellationToken)
    {
        ulong device = root.TryStat("."u8)?.Device ?? 0;
        foreach ((byte[] path, DiskNodeKind kind) in Walk(cancellationToken))
        {
            EntryKind? wanted = plan.KindAt(path);
            if (kind == DiskNodeKind.Directory)
            {
                if (root.TryStat(path) is { } node && node.Device != device)
                    throw new DatafortsException(ErrorKind.Unsupported, $"another file system is mounted at '{PathText.Of(path)}' in the destination");
                if (!options.Delete && wanted is EntryKind.File or EntryKind.Symlink)
                    throw new DatafortsException(ErrorKind.Exists, $"'{PathText.Of(path)}' is a folder in the destination and no folder in the tree");
            }
            else if (kind == DiskNodeKind.Symlink && !options.Delete && wanted is null && plan.IsCrossed(path))
            {
                string link = PathText.Of(path);
                throw DirectoryException.From(new DirectoryFormatException(
                    EntryFault.LinkThroughLink, link, $"The link '{link}' of the destination would stay, and a link of the tree leads through it."));
            }
        }
    }

    /// <summary>Whether a file may be there already, by its length.</summary>
    public bool MayHave(DirectoryEntry entry) =>
        root.TryStat(entry.PathBytes.Span) is { Kind: DiskNodeKind.File } node && (ulong)node.SizeBytes == entry.Blob!.SizeBytes;

    /// <summary>Gives the new tree a file that the old one has just so: content, mode and, where recorded, time.</summary>
    public async ValueTask<bool> TryShareAsync(DiskFolder staging, DirectoryEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            if (root.TryStat(entry.PathBytes.Span) is not { Kind: DiskNodeKind.File } node || (ulong)node.SizeBytes != entry.Blob!.SizeBytes) return false;
            if (entry.Mode != 0 && node.Mode != 0 && (node.Mode & AllBits) != (entry.Mode & PermissionBits)) return false;
            if (entry.ModifiedAtNs is { } time && node.ModifiedAtNs != time) return false;
            return await IsSameAsync(entry, cancellationToken).ConfigureAwait(false) && staging.TryShare(root, entry.PathBytes.Span);
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            // What cannot be looked at is written anew; what cannot be written will say so.
            return false;
        }
    }

    /// <summary>Takes over into the new tree what has no place in the manifest.</summary>
    /// <returns>Files and links that stay, and the folders whose modes are to be set last, deepest last.</returns>
    public (long Kept, List<(byte[] Path, uint Mode)> Modes) Keep(DiskFolder staging, CancellationToken cancellationToken)
    {
        long kept = 0;
        var modes = new List<(byte[], uint)>();
        foreach ((byte[] path, DiskNodeKind kind) in Walk(cancellationToken))
        {
            bool isThere = plan.KindAt(path) is EntryKind.File or EntryKind.Symlink || staging.TryStat(path) is not null;
            if (isThere) continue;
            if (kind == DiskNodeKind.Directory)
            {
                uint mode = root.TryStat(path) is { Mode: not 0 } node ? node.Mode & AllBits : staging.NewFolderMode;
                staging.MakeFolder(path, (mode & PermissionBits) | OwnerBits);
                if (((mode & PermissionBits) | OwnerBits) != mode) modes.Add((path, mode));
                continue;
            }
            if (kind == DiskNodeKind.Symlink)
                staging.MakeLink(path, root.ReadLink(path), isToFolder: Directory.Exists(Path.Join(root.Location, PathText.Of(path))));
            else if (!staging.TryShare(root, path)) Copy(staging, path, kind);
            kept++;
        }
        return (kept, modes);
    }

    private IEnumerable<(byte[] Path, DiskNodeKind Kind)> Walk(CancellationToken cancellationToken)
    {
        foreach ((byte[] Path, DiskNodeKind Kind) node in new FolderWalk(root).Nodes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return node;
        }
    }

    private async ValueTask<bool> IsSameAsync(DirectoryEntry entry, CancellationToken cancellationToken)
    {
        using DiskFile file = root.OpenFile(entry.PathBytes.Span);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            if (entry.Blob is SmallRef small) return IsAt(file, 0, (long)small.SizeBytes, small.Hash, piece, cancellationToken);
            long offset = 0;
            await foreach (PlannedSlice slice in blobs.PlanAsync(entry.Blob!).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (!IsAt(file, offset, slice.ChunkBytes, slice.Hash, piece, cancellationToken)) return false;
                offset += slice.ChunkBytes;
            }
            return (ulong)offset == entry.Blob!.SizeBytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static bool IsAt(DiskFile file, long offset, long length, in BlobHash hash, byte[] piece, CancellationToken cancellationToken)
    {
        Blake3Hasher? hasher = length > PieceBytes ? new Blake3Hasher() : null;
        long left = length;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(left, PieceBytes), read = 0;
            while (read < wanted && file.Read(piece.AsSpan(read, wanted - read), offset + read) is > 0 and int got) read += got;
            if (read < wanted) return false;
            if (hasher is null) return BlobHash.Compute(piece.AsSpan(0, read)) == hash;
            hasher.Update(piece.AsSpan(0, read));
            (left, offset) = (left - read, offset + read);
        }
        while (left > 0);
        Span<byte> found = stackalloc byte[BlobHash.SizeBytes];
        hasher.Finalize(found);
        return found.SequenceEqual(hash.Span);
    }

    private void Copy(DiskFolder staging, byte[] path, DiskNodeKind kind)
    {
        if (kind != DiskNodeKind.File)
            throw new DatafortsException(ErrorKind.Unsupported, $"'{PathText.Of(path)}' of the destination is no file and cannot be taken over");
        using DiskFile source = root.OpenFile(path);
        DiskNode node = source.Stat();
        using DiskFile target = staging.CreateFile(path, node.Mode == 0 ? staging.NewFileMode : node.Mode & AllBits);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long offset = 0; source.Read(piece, offset) is > 0 and int read; offset += read) target.Write(piece.AsSpan(0, read));
            target.SetTime(node.ModifiedAtNs);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
