using System.CommandLine;
using System.Text.Json;
using Dataforts.Channels;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;

namespace Dataforts.Cli.Commands.Channels;

/// <summary><c>channel info</c> and <c>channel ls</c>: a channel, or all of them.</summary>
internal sealed class ChannelInfoCommand : CliCommand
{
    private readonly Argument<string>? _name;
    private readonly Argument<string?>? _prefix;

    private ChannelInfoCommand(string command, string description, bool isOne)
        : base(command, description)
    {
        if (isOne) Add(_name = ChannelArgument.Name());
        else
        {
            Add(_prefix = new Argument<string?>("PREFIX")
            {
                Description = "Only the channel of this name and those below it.",
                Arity = ArgumentArity.ZeroOrOne,
            });
        }
    }

    public static ChannelInfoCommand Info() => new("info", "Show a channel's events, bytes, epoch and retention.", isOne: true);

    public static ChannelInfoCommand List() => new("ls", "List channels, in order.", isOne: false);

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        ChannelName? one = _name is null ? null : ChannelName.Parse(context.Value(_name));
        ChannelName? prefix = _prefix is not null && context.Value(_prefix) is { } typed ? ChannelName.Parse(typed) : null;
        await using ChannelSession session = await ChannelSession.OpenReaderAsync(context, cancellationToken);
        IReadOnlyList<ChannelName> names = one is not null ? [one] : await session.Channels.ListAsync(prefix, cancellationToken);
        foreach (ChannelName name in names)
        {
            IEventChannel channel = await session.Channels.OpenAsync(name, cancellationToken: cancellationToken);
            Write(context, await channel.GetInfoAsync(cancellationToken));
        }
        return ExitCode.Ok;
    }

    private static void Write(CommandContext context, ChannelInfo info)
    {
        if (!context.Json)
        {
            context.Results.Line($"{info.Name}  {info.Count} events from {info.First}, {info.Bytes} bytes, next {info.Next}, epoch {info.Epoch}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("name"u8, info.Name.Value);
        json.WriteUInt64("first"u8, info.First);
        json.WriteUInt64("next"u8, info.Next);
        json.WriteUInt64("count"u8, info.Count);
        json.WriteUInt64("bytes"u8, (ulong)info.Bytes);
        json.WriteUInt64("epoch"u8, info.Epoch);
        json.WriteNumber("subscribers"u8, info.Subscribers);
        json.WriteStartObject("retention"u8);
        WriteLimit(json, "maxCount"u8, info.Retention.MaxCount);
        WriteLimit(json, "maxBytes"u8, info.Retention.MaxBytes);
        WriteLimit(json, "maxAgeSeconds"u8, (long?)info.Retention.MaxAge?.TotalSeconds);
        json.WriteEndObject();
        context.Results.EndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? limit)
    {
        if (limit is { } value) json.WriteUInt64(name, (ulong)value);
        else json.WriteNull(name);
    }
}
