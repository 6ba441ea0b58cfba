using System.Runtime.CompilerServices;
using System.Text;
using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Tests.Lifecycle;

/// <summary>A directory's manifest as simple as can be: the hex of a ref in each line.</summary>
internal sealed class LineLinks : IDirectoryLinks
{
    public static byte[] ManifestOf(params BlobRef[] blobs) =>
        Encoding.UTF8.GetBytes(string.Join('\n', blobs.Select(blob => Convert.ToHexString(blob.Encode()))));

    public async IAsyncEnumerable<BlobRef> ReadAsync(BlobStore store, BlobRef manifest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] bytes = await store.ReadBytesAsync(manifest, null, cancellationToken);
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n')) yield return BlobRef.Decode(Convert.FromHexString(line));
    }
}
