using Dataforts.Cli.Input;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect node-encode</c>: tree nodes from JSON.</summary>
internal sealed class NodeEncodeCommand() : LineCommand("node-encode", "Encode tree nodes: one as JSON a line, one JSON object a line.")
{
    public override string Details => """
        A line is what node-decode prints as "node", without "address", "coveredBytes" and "encoded".
        """;

    protected override void Accept(InputLine line, ResultWriter results) => NodeLine.Write(results, line.Number, NodeJson.Read(line.Content));
}
