using System.Collections.Immutable;
using System.Text.Json;
using Dataforts.Content;

namespace Dataforts.Cli.Json;

/// <summary>Refs as JSON, as the command-line contract has them.</summary>
internal static class RefJson
{
    private const string What = "a ref";

    /// <summary>Writes the ref's fields with its wire and text form into the open object.</summary>
    public static void WriteFields(Utf8JsonWriter json, BlobRef blobRef)
    {
        switch (blobRef)
        {
            case SmallRef small:
                json.WriteString("kind"u8, "small"u8);
                json.WriteString("uri"u8, small.Uri);
                json.WriteHash("hash"u8, small.Hash);
                break;
            case ManifestRef manifest:
                json.WriteString("kind"u8, "manifest"u8);
                json.WriteString("uri"u8, manifest.Uri);
                EncodingJson.Write(json, "encoding"u8, manifest.Encoding);
                WriteChunks(json, manifest.Chunks);
                break;
            case TreeRef tree:
                json.WriteString("kind"u8, "tree"u8);
                json.WriteString("uri"u8, tree.Uri);
                EncodingJson.Write(json, "encoding"u8, tree.Encoding);
                json.WriteHash("rootHash"u8, tree.RootHash);
                break;
        }
        json.WriteUInt64("size"u8, blobRef.SizeBytes);
        if (blobRef is TreeRef { Depth: int depth }) json.WriteNumber("depth"u8, depth);
        json.WriteHex("encoded"u8, blobRef.Encode());
        json.WriteString("text"u8, blobRef.ToText());
    }

    /// <summary>The word for a ref's kind.</summary>
    public static string KindOf(BlobRef blobRef) => blobRef.Kind switch
    {
        BlobRefKind.Small => "small",
        BlobRefKind.Manifest => "manifest",
        _ => "tree",
    };

    /// <summary>Reads a ref's JSON, which has neither <c>encoded</c> nor <c>text</c>.</summary>
    /// <exception cref="ItemException">It is not such JSON, or has a number the format has no room for.</exception>
    /// <exception cref="DecodeException">The format does not allow this ref.</exception>
    public static BlobRef Read(ReadOnlySpan<byte> utf8)
    {
        using JsonDocument document = JsonFields.Parse(utf8);
        JsonElement root = document.RootElement;
        string kind = JsonFields.KindOf(root, What);
        return kind switch
        {
            "small" => ReadSmall(new JsonFields(root, "a small ref", "kind", "uri", "hash", "size")),
            "manifest" => ReadManifest(new JsonFields(root, "a manifest ref", "kind", "uri", "encoding", "chunks", "size")),
            "tree" => ReadTree(new JsonFields(root, "a tree ref", "kind", "uri", "encoding", "rootHash", "size", "depth")),
            _ => throw ItemException.Invalid("a ref is of the kind small, manifest or tree"),
        };
    }

    private static SmallRef ReadSmall(JsonFields fields) => new(fields.Text("uri"), fields.Hash("hash"), fields.UInt64("size"));

    private static ManifestRef ReadManifest(JsonFields fields)
    {
        JsonElement.ArrayEnumerator list = fields.List("chunks", out int count);
        ImmutableArray<ChunkRef>.Builder chunks = ImmutableArray.CreateBuilder<ChunkRef>(count);
        foreach (JsonElement element in list)
        {
            var chunk = new JsonFields(element, "a chunk of a manifest", "hash", "size");
            chunks.Add(new ChunkRef(chunk.Hash("hash"), chunk.UInt32("size")));
        }
        ulong size = fields.UInt64("size");
        var manifest = new ManifestRef(fields.Text("uri"), EncodingJson.Read(fields.Element("encoding")), chunks.DrainToImmutable());
        return size == manifest.SizeBytes
            ? manifest
            : throw ItemException.OutOfFormat($"'size' of a manifest ref is {size}, but its chunks have {manifest.SizeBytes} bytes");
    }

    private static TreeRef ReadTree(JsonFields fields) => new(
        fields.Text("uri"),
        EncodingJson.Read(fields.Element("encoding")),
        fields.Hash("rootHash"),
        fields.UInt64("size"),
        fields.Small("depth", byte.MaxValue));

    private static void WriteChunks(Utf8JsonWriter json, ImmutableArray<ChunkRef> chunks)
    {
        json.WriteStartArray("chunks"u8);
        foreach (ref readonly ChunkRef chunk in chunks.AsSpan())
        {
            json.WriteStartObject();
            json.WriteHash("hash"u8, chunk.Hash);
            json.WriteNumber("size"u8, chunk.SizeBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
