using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Counts what refs reach. A node's children are counted once, when the node gets its first reference as a node, and counted off when it
/// loses its last: a change costs what it adds to or takes from what is reached.</summary>
/// <remarks>References are typed by who refers: a chunk that is a node for one and data for another counts for each, and whether its bytes
/// look like a node is never asked. What was begun is ended: half of a tree counted would be worse than a moment more. Refs may be added from
/// many threads at once; dropping is for one caller at a time, while nothing is added.</remarks>
internal sealed class ReferenceCounter(BlobStore store, IDirectoryLinks? links)
{
    private readonly ConcurrentDictionary<BlobHash, Unread> _unread = new();
    private readonly ConcurrentDictionary<BlobRef, int> _directories = new();

    /// <summary>Nodes, and manifests of directories, that cannot be read: what they reach is not counted.</summary>
    public ICollection<Unread> UnreadNodes => _unread.Values;

    /// <summary>Whether something that was counted could not be counted off: all is to be counted anew.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Counts what a root reaches.</summary>
    public async ValueTask AddAsync(RootState root)
    {
        await CountAsync(root.Ref, root, 1).ConfigureAwait(false);
        if (root.Reach != RootReach.Directory || _directories.AddOrUpdate(root.Ref, 1, static (_, count) => count + 1) > 1) return;
        await CountLinksAsync(root, 1).ConfigureAwait(false);
    }

    /// <summary>Counts off what a root reached.</summary>
    public async ValueTask DropAsync(RootState root)
    {
        if (root.Reach == RootReach.Directory && _directories.AddOrUpdate(root.Ref, 0, static (_, count) => count - 1) <= 0)
        {
            _directories.TryRemove(root.Ref, out _);
            // The manifest is read before it may go itself.
            if (!_unread.TryRemove(LinksKey(root.Ref), out _)) await CountLinksAsync(root, -1).ConfigureAwait(false);
        }
        await CountAsync(root.Ref, root, -1).ConfigureAwait(false);
    }

    /// <summary>Tries once more what could not be read.</summary>
    public async ValueTask RetryAsync()
    {
        foreach ((BlobHash key, Unread unread) in _unread.ToArray())
        {
            if (!_unread.TryRemove(key, out _)) continue;
            if (unread.IsDirectory) await CountLinksAsync(unread.Root, 1).ConfigureAwait(false);
            else await CountNodeAsync(key, unread.Root, 1).ConfigureAwait(false);
        }
    }

    private async ValueTask CountLinksAsync(RootState root, int sign)
    {
        bool hasCounted = false;
        try
        {
            if (links is null) throw new DatafortsException(ErrorKind.Unsupported, "nothing here reads manifests of directories");
            await foreach (BlobRef blob in links.ReadAsync(store, root.Ref, CancellationToken.None).ConfigureAwait(false))
            {
                await CountAsync(blob, root, sign).ConfigureAwait(false);
                hasCounted = true;
            }
        }
        catch (Exception error) when (error is DatafortsException or BlobFormatException)
        {
            IsStale |= hasCounted || sign < 0;
            if (sign > 0) _unread[LinksKey(root.Ref)] = new Unread(LinksKey(root.Ref), root, true, KindOf(error), error.Message);
        }
    }

    private ValueTask CountAsync(BlobRef blob, RootState root, int sign)
    {
        switch (blob)
        {
            case SmallRef small:
                store.Chunks.Adjust(small.Hash, sign, 0);
                return default;
            case ManifestRef manifest:
                store.Chunks.Adjust(ManifestAddress.Of(manifest).ChunkHash, sign, 0);
                foreach (ChunkRef chunk in manifest.Chunks) store.Chunks.Adjust(chunk.Hash, sign, 0);
                return default;
            case TreeRef tree:
                return IsFirstOrLast(tree.RootHash, sign) ? CountNodeAsync(tree.RootHash, root, sign) : default;
            default:
                return default;
        }
    }

    // Whoever gives a node its first reference, or takes its last, goes on to its children.
    private bool IsFirstOrLast(in BlobHash node, int sign) => store.Chunks.Adjust(node, 0, sign).Nodes == (sign > 0 ? 0 : 1);

    private async ValueTask CountNodeAsync(BlobHash hash, RootState root, int sign)
    {
        var open = new Stack<BlobHash>();
        open.Push(hash);
        while (open.TryPop(out BlobHash next))
        {
            // What was not read when it was added has no children to take off.
            if (sign < 0 && _unread.TryRemove(next, out _)) continue;
            TreeNode? node;
            try
            {
                node = await LoadAsync(next).ConfigureAwait(false);
            }
            catch (DatafortsException error)
            {
                if (sign > 0) _unread[next] = new Unread(next, root, false, error.Kind, error.Message);
                else IsStale = true;
                continue;
            }
            CountChildren(node, sign, open);
        }
    }

    private void CountChildren(TreeNode? node, int sign, Stack<BlobHash> open)
    {
        switch (node)
        {
            case InternalNode inner:
                foreach (TreeChild child in inner.Children)
                {
                    if (IsFirstOrLast(child.Hash, sign)) open.Push(child.Hash);
                }
                break;
            case LeafNode leaf:
                CountData(leaf.Chunks, sign);
                break;
            case ErasureLeafNode erasure:
                // Data and parity alike, so a stripe lives and goes as one.
                foreach (Stripe stripe in erasure.Stripes) CountData(stripe.Chunks, sign);
                break;
        }
    }

    private void CountData(ImmutableArray<TreeChunk> chunks, int sign)
    {
        foreach (ref readonly TreeChunk chunk in chunks.AsSpan()) store.Chunks.Adjust(chunk.Hash, sign, 0);
    }

    // Null for bytes that are what their address says and yet no node: no reader ever gets past them, so there is nothing below to keep.
    private async ValueTask<TreeNode?> LoadAsync(BlobHash hash)
    {
        using ChunkBuffer? buffer = await store.Chunks.FetchAsync(hash, StoreLimits.MaxChunkBytes, CancellationToken.None).ConfigureAwait(false);
        if (buffer is null) throw IntegrityException.Missing(hash);
        ChunkVerifier.Verify(hash, buffer.Memory);
        try
        {
            return TreeNode.Decode(buffer.Memory.Span);
        }
        catch (BlobFormatException)
        {
            return null;
        }
    }

    private static BlobHash LinksKey(BlobRef manifest) => BlobHash.Compute([1, .. manifest.Encode()]);

    private static ErrorKind KindOf(Exception error) => error is DatafortsException { Kind: var kind } ? kind : ErrorKind.NodeInvalid;

    /// <summary>Something that marking needs and that cannot be read.</summary>
    public sealed record Unread(BlobHash Hash, RootState Root, bool IsDirectory, ErrorKind Kind, string Reason);
}
