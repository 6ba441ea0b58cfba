using System.Buffers.Text;
using System.Text.Json;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect tree</c>: the root of the tree over a list of chunks.</summary>
internal sealed class TreeCommand() : LineCommand("tree", "Build the tree over a list of chunks: HASH SIZE a line, one JSON object at the end.")
{
    private readonly TreeBuilder _builder = new();
    private bool _isWhole = true;

    public override string Details => """
        A line is the hash of a data chunk, one space, and its size in bytes, in the content's order. The object has rootHash, depth, size and
        nodesPerLevel, leaves first. Each bad line is answered with an error; then there is no object at the end.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts inspect chunks FILE | jq -r '.chunks[] | \"\\(.hash) \\(.length)\"' | dataforts inspect tree", "Build a file's tree from its cuts."),
    ];

    protected override void Accept(InputLine line, ResultWriter results)
    {
        (BlobHash hash, ulong size) = Parse(line.Content);
        if (size > uint.MaxValue)
            throw ItemException.OutOfFormat($"a chunk of {size} bytes is above the limit of {FormatLimits.LeafChunkMaxBytes} bytes");
        _builder.Add(hash, (uint)size);
        // Only the root is asked for; what is below it need not be kept.
        while (_builder.TryTakeNode(out _))
        {
        }
    }

    protected override void Refused() => _isWhole = false;

    protected override void Finish(ResultWriter results)
    {
        if (!_isWhole) return;
        TreeRoot root;
        try
        {
            root = _builder.Finish();
        }
        catch (DecodeException error)
        {
            // No line is at fault; there was none where the first chunk should have been.
            WriteError(results, 1, Failure.KindOf(error), error.Message);
            return;
        }
        Utf8JsonWriter json = results.BeginObject();
        json.WriteHash("rootHash"u8, root.RootHash);
        json.WriteNumber("depth"u8, root.Depth);
        json.WriteUInt64("size"u8, root.SizeBytes);
        json.WriteStartArray("nodesPerLevel"u8);
        foreach (long nodes in root.NodesPerLevel) json.WriteNumberValue(nodes);
        json.WriteEndArray();
        results.EndObject();
    }

    private static (BlobHash Hash, ulong Size) Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length > BlobHash.HexLength + 1
            && line[BlobHash.HexLength] == ' '
            && BlobHash.TryParse(line[..BlobHash.HexLength], out BlobHash hash)
            && IsCanonical(line[(BlobHash.HexLength + 1)..])
            && Utf8Parser.TryParse(line[(BlobHash.HexLength + 1)..], out ulong size, out int used)
            && used == line.Length - BlobHash.HexLength - 1)
        {
            return (hash, size);
        }
        throw ItemException.Invalid("a line is a hash of 64 lower-case hex digits, a space and a size in bytes");
    }

    private static bool IsCanonical(ReadOnlySpan<byte> digits) =>
        !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits.Length == 1 || digits[0] != '0');
}
