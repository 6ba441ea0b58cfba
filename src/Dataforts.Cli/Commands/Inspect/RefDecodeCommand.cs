using System.Text;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect ref-decode</c>: refs in hex or text form, as JSON.</summary>
internal sealed class RefDecodeCommand() : LineCommand("ref-decode", "Decode refs: one in hex or as text a line, one JSON object a line.")
{
    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("echo b0b1b2b301abab…2f6b6579 | dataforts inspect ref-decode", "Show what a ref says."),
    ];

    protected override void Accept(InputLine line, ResultWriter results)
    {
        RefLine.Write(results, line.Number, Parse(line.Content));
    }

    private static BlobRef Parse(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("df1-"u8)) return BlobRef.Decode(ParseHex(line));
        BlobRefText text = BlobRefText.Parse(Encoding.UTF8.GetString(line));
        return text.Ref ?? throw ItemException.Invalid(
            $"this names a Manifest that is stored as chunk {text.Manifest!.Value.ChunkHash}; what it says is known to its store only");
    }
}
