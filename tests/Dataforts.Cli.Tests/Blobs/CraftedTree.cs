using System.Collections.Immutable;
using Dataforts.Content;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>A tree made by hand: every node is put as a small blob, and a ref says it is one.</summary>
internal sealed record CraftedTree(TreeRef Ref)
{
    public const int LargestChunk = 16 << 20;

    public string Text => Ref.ToText();

    public string Hex => StoreCli.HexOf(Ref);

    /// <summary>One chunk of 16 MiB of zeros and one node a level, each with its only child repeated: at depth 4 and 128 times, five
    /// stored things that claim 2^52 bytes.</summary>
    public static async Task<CraftedTree> RepeatingAsync(StoreCli cli, int depth = 4, int times = 128)
    {
        await cli.PutAsync(new byte[LargestChunk], "--as", "small");
        BlobHash chunk = BlobHash.Compute(new byte[LargestChunk]);
        TreeNode node = new LeafNode(Repeat(new TreeChunk(chunk, LargestChunk, ChunkRole.Data), times));
        BlobHash address = await StoreAsync(cli, node);
        for (int level = 2; level <= depth; level++)
        {
            node = new InternalNode(Repeat(new TreeChild(address, node.CoveredBytes), times));
            address = await StoreAsync(cli, node);
        }
        return new CraftedTree(TreeRef.Create(BlobEncoding.Replicated, address, node.CoveredBytes, depth));
    }

    /// <summary>Puts a node as the small blob of its bytes.</summary>
    /// <returns>Its address.</returns>
    public static async Task<BlobHash> StoreAsync(StoreCli cli, TreeNode node) =>
        BlobHash.Parse((await cli.PutAsync(node.Encode(), "--as", "small")).Text("hash"));

    private static ImmutableArray<T> Repeat<T>(T item, int times) => [.. Enumerable.Repeat(item, times)];
}
