using System.CommandLine;
using Dataforts.Channels;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands.Channels;

/// <summary><c>channel read</c>: what a channel holds.</summary>
internal sealed class ChannelReadCommand : CliCommand
{
    private readonly Argument<string> _name = ChannelArgument.Name();

    private readonly Option<ulong?> _from = CliOption.Value(
        "--from", "N", static text => (ulong?)ChannelArgument.Sequence(text), "The first event [default: the first that is retained].");

    private readonly Option<long?> _limit = CliOption.Value("--limit", "N", static text => (long?)QuantityParsers.Count(text), "At most so many events.");

    public ChannelReadCommand()
        : base("read", "Print the events of a channel, in order, up to its end.")
    {
        Add(_name);
        Add(_from);
        Add(_limit);
    }

    public override string Details => """
        With --json each event is {"seq","time","payload"} with the payload in Base64, or {"seq","time","ref"} where it was published as a blob; cat gives
        the content. Events that were asked for and are not retained any more are told first: {"gap":{"from","to","reason"}}.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
        [new("dataforts --json channel read sensors/north --from 100 --limit 10", "Ten events, for a script.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ChannelName.Parse(context.Value(_name));
        await using ChannelSession session = await ChannelSession.OpenReaderAsync(context, cancellationToken);
        IEventChannel channel = await session.Channels.OpenAsync(name, cancellationToken: cancellationToken);
        ulong from = context.Value(_from) ?? (await channel.GetInfoAsync(cancellationToken)).First;
        long left = context.Value(_limit) ?? long.MaxValue;
        if (left == 0) return ExitCode.Ok;
        await foreach (TailItem item in channel.TailAsync(from, new TailOptions { EndsAtEnd = true }, cancellationToken))
        {
            ChannelOutput.Write(context, item);
            if (!item.IsGap && --left == 0) break;
        }
        return ExitCode.Ok;
    }
}
