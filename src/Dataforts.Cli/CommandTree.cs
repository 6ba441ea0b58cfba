using System.CommandLine;
using Dataforts.Cli.Commands;
using Dataforts.Cli.Commands.Bench;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Commands.Demo;
using Dataforts.Cli.Commands.Directories;
using Dataforts.Cli.Commands.Inspect;
using Dataforts.Cli.Commands.Simulation;
using Dataforts.Cli.Commands.Workers;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli;

/// <summary>All commands there are. A new one is a class of its own and a line here.</summary>
internal static class CommandTree
{
    public const string RootName = "dataforts";

    public static Command Build(GlobalOptions options)
    {
        var root = new CommandGroup(
            RootName,
            "Content-addressed storage for payloads too big for a message.",
            new DemoCommand(),
            new PutCommand(),
            new GetCommand(),
            new CatCommand(),
            new StatCommand(),
            new LsCommand(),
            new RmCommand(),
            new CommandGroup("name", "Let names stand for refs.", new NameSetCommand()),
            PinCommand.Pin(),
            PinCommand.Unpin(),
            new PinsCommand(),
            new VerifyCommand(),
            new CommandGroup(
                "dir",
                "Publish, list, compare and fetch whole directory trees.",
                new DirPutCommand(),
                new DirLsCommand(),
                new DirGetCommand(),
                new DirDiffCommand(),
                new DirRecoverCommand()),
            new RepairCommand(),
            new GcCommand(),
            new CommandGroup("store", "Look after the store.", new StoreInfoCommand(), new StoreRebuildCommand(), new StoreCompactCommand()),
            new CommandGroup(
                "worker",
                "Look after what the store has done in the background.",
                new WorkerListCommand(),
                new WorkerRunCommand(),
                WorkerPauseCommand.Pause(),
                WorkerPauseCommand.Resume(),
                new WorkerPaceCommand()),
            new HashCommand(),
            new AnalyzeCommand(),
            new SimCommand(),
            new BenchCommand(),
            new BenchStepCommand(),
            Inspect(),
            new CompletionCommand());
        options.AddTo(root);
        return root;
    }

    private static CommandGroup Inspect() => new(
        "inspect",
        "Look at the formats without a store: refs, tree nodes, trees, cuts.",
        new RefDecodeCommand(),
        new RefEncodeCommand(),
        new NodeDecodeCommand(),
        new NodeEncodeCommand(),
        new TreeCommand(),
        new ChunksCommand(),
        new ParityCommand())
    {
        Details = """
            ref-decode, ref-encode, node-decode and node-encode read standard input to its end, one item a line, and answer each with one
            JSON object a line. A bad item is answered with {"line":N,"error":{"kind":"…","message":"…"}} on standard output, and the run
            goes on. A line has at most 8 MiB. No store is opened or created.
            """,
    };
}
