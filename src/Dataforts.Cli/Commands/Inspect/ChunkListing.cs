using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary>Cuts one input and writes the cuts as they are found; memory does not follow the input's length.</summary>
/// <param name="content">Read to its end.</param>
/// <param name="outline">Cuts it.</param>
/// <param name="wholeHash">Whether to hash the whole input as well.</param>
/// <param name="results">Gets one object.</param>
internal sealed class ChunkListing(Stream content, BlobOutline outline, bool wholeHash, ResultWriter results)
{
    private readonly Blake3Hasher? _whole = wholeHash ? new Blake3Hasher() : null;
    private ulong _size;

    /// <summary>Cuts and writes; reports the bytes cut so far.</summary>
    public async Task RunAsync(IProgress<long> progress, CancellationToken cancellationToken)
    {
        Utf8JsonWriter json = results.BeginObject();
        json.WriteStartArray("chunks"u8);
        await foreach (CutChunk chunk in outline.RunAsync(content, _whole, cancellationToken))
        {
            Write(json, chunk);
            _size += (uint)chunk.Length;
            progress.Report((long)_size);
            results.HandOnLongObject();
        }
        json.WriteEndArray();
        WriteSummary(json);
        results.EndObject();
    }

    private static void Write(Utf8JsonWriter json, CutChunk chunk)
    {
        json.WriteStartObject();
        json.WriteUInt64("offset"u8, (ulong)chunk.Offset);
        json.WriteNumber("length"u8, chunk.Length);
        json.WriteHash("hash"u8, chunk.Hash);
        json.WriteEndObject();
    }

    private void WriteSummary(Utf8JsonWriter json)
    {
        json.WriteUInt64("size"u8, _size);
        if (outline.Root is { } root)
        {
            json.WriteHash("rootHash"u8, root.RootHash);
            json.WriteNumber("depth"u8, root.Depth);
        }
        if (_whole is null) return;
        Span<byte> hash = stackalloc byte[BlobHash.SizeBytes];
        _whole.Finalize(hash);
        json.WriteHash("hash"u8, new BlobHash(hash));
    }
}
