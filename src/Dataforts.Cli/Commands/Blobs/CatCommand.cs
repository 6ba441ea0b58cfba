using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>cat</c>: writes blobs, one behind the other, to standard output.</summary>
internal sealed class CatCommand : CliCommand
{
    private readonly Argument<string[]> _targets = new("REF|NAME")
    {
        Description = "Refs (df1-… or their hex) or names.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly RangeOptions _range = new();

    public CatCommand()
        : base("cat", "Write blobs, one behind the other, to standard output.")
    {
        Add(_targets);
        _range.AddTo(this);
    }

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts cat part1 part2 > whole", "Join two blobs.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobTarget[] targets = Array.ConvertAll(context.Value(_targets), BlobTarget.Parse);
        await using BlobStore store = await StoreSession.OpenReaderAsync(context, cancellationToken);
        // What can be refused is refused before the first byte is written.
        BlobRef[] blobs = Array.ConvertAll(targets, store.Resolve);
        BlobRange[] ranges = Array.ConvertAll(blobs, blob => _range.Of(context, blob));
        foreach (BlobRef blob in blobs) store.RequirePresent(blob);
        for (int i = 0; i < blobs.Length; i++)
            await store.CopyToAsync(blobs[i], context.Results.Content(), ranges[i], null, cancellationToken);
        return ExitCode.Ok;
    }
}
