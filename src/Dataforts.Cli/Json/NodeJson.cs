using System.Collections.Immutable;
using System.Text.Json;
using Dataforts.Content;

namespace Dataforts.Cli.Json;

/// <summary>Tree nodes as JSON, as the command-line contract has them.</summary>
internal static class NodeJson
{
    private const string What = "a node";

    /// <summary>Writes the node's fields with its address and wire form into the open object.</summary>
    public static void WriteFields(Utf8JsonWriter json, TreeNode node)
    {
        switch (node)
        {
            case InternalNode inner:
                json.WriteString("kind"u8, "internal"u8);
                WriteChildren(json, inner.Children);
                break;
            case LeafNode leaf:
                json.WriteString("kind"u8, "leaf"u8);
                WriteChunks(json, leaf.Chunks);
                break;
            case ErasureLeafNode leaf:
                json.WriteString("kind"u8, "erasureLeaf"u8);
                WriteStripes(json, leaf.Stripes);
                break;
        }
        json.WriteUInt64("coveredBytes"u8, node.CoveredBytes);
        byte[] encoded = node.Encode();
        json.WriteHash("address"u8, BlobHash.Compute(encoded));
        json.WriteHex("encoded"u8, encoded);
    }

    /// <summary>Reads a node's JSON, which has neither <c>address</c> nor <c>coveredBytes</c> nor <c>encoded</c>.</summary>
    /// <exception cref="ItemException">It is not such JSON, or has a number the format has no room for.</exception>
    /// <exception cref="DecodeException">The format does not allow this node.</exception>
    public static TreeNode Read(ReadOnlySpan<byte> utf8)
    {
        using JsonDocument document = JsonFields.Parse(utf8);
        JsonElement root = document.RootElement;
        string kind = JsonFields.KindOf(root, What);
        return kind switch
        {
            "internal" => new InternalNode(ReadChildren(new JsonFields(root, "an internal node", "kind", "children"))),
            "leaf" => new LeafNode(ReadChunks(new JsonFields(root, "a leaf", "kind", "chunks"))),
            "erasureLeaf" => new ErasureLeafNode(ReadStripes(new JsonFields(root, "an erasure leaf", "kind", "stripes"))),
            _ => throw ItemException.Invalid("a node is of the kind internal, leaf or erasureLeaf"),
        };
    }

    private static ImmutableArray<TreeChild> ReadChildren(JsonFields fields)
    {
        JsonElement.ArrayEnumerator list = fields.List("children", out int count);
        ImmutableArray<TreeChild>.Builder children = ImmutableArray.CreateBuilder<TreeChild>(count);
        foreach (JsonElement element in list)
        {
            var child = new JsonFields(element, "a child of a node", "hash", "size");
            children.Add(new TreeChild(child.Hash("hash"), child.UInt64("size")));
        }
        return children.DrainToImmutable();
    }

    private static ImmutableArray<TreeChunk> ReadChunks(JsonFields fields)
    {
        JsonElement.ArrayEnumerator list = fields.List("chunks", out int count);
        ImmutableArray<TreeChunk>.Builder chunks = ImmutableArray.CreateBuilder<TreeChunk>(count);
        foreach (JsonElement element in list)
        {
            var chunk = new JsonFields(element, "a chunk of a leaf", "hash", "size", "role", "index");
            chunks.Add(new TreeChunk(chunk.Hash("hash"), chunk.UInt32("size"), ReadRole(element, chunk)));
        }
        return chunks.DrainToImmutable();
    }

    private static ChunkRole ReadRole(JsonElement element, JsonFields chunk)
    {
        switch (chunk.Text("role"))
        {
            case "data":
                _ = new JsonFields(element, "a data chunk", "hash", "size", "role");
                return ChunkRole.Data;
            case "parity":
                return ChunkRole.Parity((byte)chunk.Small("index", byte.MaxValue));
            default:
                throw ItemException.Invalid("a chunk's role is data or parity");
        }
    }

    private static ImmutableArray<Stripe> ReadStripes(JsonFields fields)
    {
        JsonElement.ArrayEnumerator list = fields.List("stripes", out int count);
        ImmutableArray<Stripe>.Builder stripes = ImmutableArray.CreateBuilder<Stripe>(count);
        foreach (JsonElement element in list)
        {
            var stripe = new JsonFields(element, "a stripe", "encoding", "chunks");
            stripes.Add(new Stripe(EncodingJson.Read(stripe.Element("encoding")), ReadChunks(stripe)));
        }
        return stripes.DrainToImmutable();
    }

    private static void WriteChildren(Utf8JsonWriter json, ImmutableArray<TreeChild> children)
    {
        json.WriteStartArray("children"u8);
        foreach (ref readonly TreeChild child in children.AsSpan())
        {
            json.WriteStartObject();
            json.WriteHash("hash"u8, child.Hash);
            json.WriteUInt64("size"u8, child.SizeBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteChunks(Utf8JsonWriter json, ImmutableArray<TreeChunk> chunks)
    {
        json.WriteStartArray("chunks"u8);
        foreach (ref readonly TreeChunk chunk in chunks.AsSpan())
        {
            json.WriteStartObject();
            json.WriteHash("hash"u8, chunk.Hash);
            json.WriteNumber("size"u8, chunk.SizeBytes);
            json.WriteString("role"u8, chunk.Role.IsParity ? "parity"u8 : "data"u8);
            if (chunk.Role.IsParity) json.WriteNumber("index"u8, chunk.Role.Index);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteStripes(Utf8JsonWriter json, ImmutableArray<Stripe> stripes)
    {
        json.WriteStartArray("stripes"u8);
        foreach (ref readonly Stripe stripe in stripes.AsSpan())
        {
            json.WriteStartObject();
            EncodingJson.Write(json, "encoding"u8, stripe.Encoding);
            WriteChunks(json, stripe.Chunks);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
