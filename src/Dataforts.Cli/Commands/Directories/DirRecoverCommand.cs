using System.CommandLine;
using System.Text.Json;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary><c>dir recover</c>: clears up what killed runs of <c>dir get</c> left in a folder.</summary>
internal sealed class DirRecoverCommand : CliCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder in which the trees are." };

    public DirRecoverCommand()
        : base("recover", "Clear up what killed runs of dir get left in a folder.") => Add(_folder);

    public override string Details => "dir get does this by itself for the folder it writes to. Runs that are still going on are left alone.";

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts dir recover /srv/trees", "After a crash.")];

    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        string folder = context.Value(_folder);
        if (!Directory.Exists(folder)) throw CliException.PathNotFound(folder);
        int recovered = DirectoryStore.Recover(folder);
        if (context.Json)
        {
            Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteNumber("recovered"u8, recovered);
            context.Results.EndObject();
        }
        else
        {
            context.Results.Line($"{recovered} recovered");
        }
        return Task.FromResult(ExitCode.Ok);
    }
}
