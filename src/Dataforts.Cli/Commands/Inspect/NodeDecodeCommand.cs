using Dataforts.Cli.Input;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect node-decode</c>: tree nodes in hex, as JSON.</summary>
internal sealed class NodeDecodeCommand() : LineCommand("node-decode", "Decode tree nodes: one in hex a line, one JSON object a line.")
{
    protected override void Accept(InputLine line, ResultWriter results) =>
        NodeLine.Write(results, line.Number, TreeNode.Decode(ParseHex(line.Content)));
}
