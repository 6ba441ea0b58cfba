using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Tests.Lifecycle;

/// <summary>A blob to be put and kept, and the chunks and nodes that it needs.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Options">How it is put.</param>
/// <param name="Ref">Its ref.</param>
/// <param name="Needs">Every chunk and node, a Manifest's encoding among them.</param>
/// <param name="Links">The blobs that its bytes list, where they are a directory's.</param>
internal sealed record BlobSample(byte[] Content, PutOptions Options, BlobRef Ref, IReadOnlySet<BlobHash> Needs, IReadOnlyList<int> Links)
{
    /// <summary>Blobs that share what they can: trees of like content, a node's and a chunk's bytes as blobs of their own, a Manifest, a Manifest's encoding
    /// as a blob, two directories.</summary>
    public static async Task<BlobSample[]> MakeAllAsync()
    {
        byte[] one = Blobs.Payload.Random(1, 12_000), two = [.. one[..6000], .. Blobs.Payload.Random(2, 5000)];
        var samples = new List<BlobSample>
        {
            await MakeAsync(one, KeptStore.AsTree),
            await MakeAsync(two, KeptStore.AsTree),
            await MakeAsync(one[..1000], new PutOptions()),
            await MakeAsync(Blobs.Payload.Random(3, 2500), new PutOptions()),
            await MakeAsync(one[2000..3000], new PutOptions { Shape = BlobShape.Manifest }),
            await MakeAsync(Blobs.Payload.Random(4, 180_000), KeptStore.AsTree),
        };
        // The root node of the first and the third Manifest's encoding, as plain content.
        samples.Add(await MakeAsync(await NodeOfAsync(samples[0]), new PutOptions()));
        samples.Add(await MakeAsync(samples[4].Ref.Encode(), new PutOptions()));
        samples.Add(await MakeAsync(LineLinks.ManifestOf(samples[0].Ref, samples[3].Ref), new PutOptions(), 0, 3));
        samples.Add(await MakeAsync(LineLinks.ManifestOf(samples[1].Ref, samples[4].Ref), KeptStore.AsTree, 1, 4));
        return [.. samples];
    }

    private static async Task<BlobSample> MakeAsync(byte[] content, PutOptions options, params int[] links)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        BlobRef blob = await store.PutAsync(content, options);
        return new BlobSample(content, options, blob, store.Chunks.Enumerate().Select(entry => entry.Key).ToHashSet(), links);
    }

    private static async Task<byte[]> NodeOfAsync(BlobSample sample)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        await store.PutAsync(sample.Content, sample.Options);
        using Dataforts.Store.ChunkBuffer node = store.Chunks.Read(((TreeRef)sample.Ref).RootHash)!;
        return node.Memory.ToArray();
    }
}
