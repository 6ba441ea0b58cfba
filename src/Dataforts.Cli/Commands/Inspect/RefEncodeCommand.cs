using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect ref-encode</c>: refs from JSON.</summary>
internal sealed class RefEncodeCommand() : LineCommand("ref-encode", "Encode refs: one as JSON a line, one JSON object a line.")
{
    public override string Details => """
        A line is what ref-decode prints as "ref", without "encoded" and "text". Numbers may be decimal strings.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new(
            """echo '{"kind":"small","uri":"s3://bucket/key","hash":"abab…","size":12345}' | dataforts inspect ref-encode""",
            "Make a ref of a URI and a hash."),
    ];

    protected override void Accept(InputLine line, ResultWriter results) => RefLine.Write(results, line.Number, RefJson.Read(line.Content));
}
