using System.CommandLine;
using Dataforts.Channels;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands.Channels;

/// <summary><c>channel tail</c>: what a channel holds, then what comes.</summary>
internal sealed class ChannelTailCommand : CliCommand
{
    private readonly Argument<string> _name = ChannelArgument.Name();

    private readonly Option<ulong?> _from = CliOption.Value(
        "--from", "N", static text => (ulong?)ChannelArgument.Sequence(text), "The first event [default: the first that is retained].");

    private readonly Option<bool> _live = CliOption.Flag("--live", "Begin with what is appended from now on.");

    private readonly Option<long?> _count = CliOption.Value("--count", "N", static text => (long?)QuantityParsers.Count(text), "End after so many events.");

    public ChannelTailCommand()
        : base("tail", "Print the events of a channel, then each as another process appends it.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_from, _live, _count]) Add(option);
        Add(_name);
    }

    public override string Details => """
        It reads beside the process that writes, and is some 50 ms behind. It goes on until it is ended, or --count events were printed. Events that
        retention has dropped are told as {"gap":{"from","to","reason"}}.
        """;

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts channel tail sensors/north --live", "Watch what comes.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ChannelName.Parse(context.Value(_name));
        if (context.Value(_live) && context.Has(_from)) throw CliException.Usage("--live begins at the end; --from elsewhere");
        await using ChannelSession session = await ChannelSession.OpenReaderAsync(context, cancellationToken);
        IEventChannel channel = await session.Channels.OpenAsync(name, cancellationToken: cancellationToken);
        ChannelInfo info = await channel.GetInfoAsync(cancellationToken);
        ulong from = context.Value(_live) ? info.Next : context.Value(_from) ?? info.First;
        long left = context.Value(_count) ?? long.MaxValue;
        if (left == 0) return ExitCode.Ok;
        await foreach (TailItem item in channel.TailAsync(from, cancellationToken: cancellationToken))
        {
            ChannelOutput.Write(context, item);
            // Whoever watches sees each when it comes; the backlog is written in pieces.
            if ((item.IsGap ? item.GapEnd : item.From + 1) >= info.Next) context.Results.Flush();
            if (!item.IsGap && --left == 0) break;
        }
        return ExitCode.Ok;
    }
}
