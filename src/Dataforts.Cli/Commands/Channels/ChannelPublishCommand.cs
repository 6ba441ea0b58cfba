using System.CommandLine;
using System.Text;
using System.Text.Json;
using Dataforts.Blobs.Adapters;
using Dataforts.Channels;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Store.Events;

namespace Dataforts.Cli.Commands.Channels;

/// <summary><c>channel publish</c>: appends to a channel.</summary>
internal sealed class ChannelPublishCommand : CliCommand
{
    private readonly Argument<string> _name = ChannelArgument.Name();

    private readonly Argument<string?> _path = new("PATH")
    {
        Description = "A file, or - for standard input, which is the default.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _payload = CliOption.Value("--payload", "TEXT", static text => text, "Publish this text.");

    private readonly Option<bool> _lines = CliOption.Flag("--lines", "Publish each line of the input as an event.");

    private readonly Option<bool> _blob = CliOption.Flag("--blob", "Store the content as a blob however short it is, and publish its ref.");

    private readonly Option<string?> _durability = CliOption.Choice(
        "--durability", "What is reached before it is told [default: buffered].", "volatile", "buffered", "durable");

    private readonly Option<ulong?> _expected = CliOption.Value(
        "--expect-next", "N", static text => (ulong?)ChannelArgument.Sequence(text), "Publish only if the first event gets this number (else exit 1).");

    private readonly Option<long?> _keepCount = CliOption.Value(
        "--keep-count", "N", static text => (long?)ChannelArgument.Kept(text), "From now on keep the newest so many events.");

    private readonly Option<long?> _keepBytes = CliOption.Value(
        "--keep-bytes", "BYTES", static text => (long?)QuantityParsers.PositiveByteCount(text), "From now on keep so many bytes, 64 an event and its payload.");

    private readonly Option<TimeSpan?> _keepAge = CliOption.Value(
        "--keep-age", "30d", static text => (TimeSpan?)QuantityParsers.Duration(text), "From now on keep events so long: 45s, 90m, 12h, 30d, 2w.");

    public ChannelPublishCommand()
        : base("publish", "Append an event, or one for each line, to a channel.")
    {
        Add(_name);
        Add(_path);
        foreach (Option option in (ReadOnlySpan<Option>)[_payload, _lines, _blob, _durability, _expected, _keepCount, _keepBytes, _keepAge]) Add(option);
    }

    public override string Details => """
        The channel, and the store, are made when there are none. Content above 4 KiB is stored as a blob, which the event keeps from collection until
        retention drops it; the blob is as durable as the event. A line has at most 1 MiB.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts channel publish builds/done --payload '{\"id\":7}'", "One short event."),
        new("dataforts channel publish models/new model.bin --durability durable", "A large payload, safe before it is told."),
        new("tail -f app.log | dataforts channel publish logs/app --lines --keep-age 7d", "A line an event, kept for a week."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var name = ChannelName.Parse(context.Value(_name));
        bool hasText = context.Has(_payload), byLine = context.Value(_lines);
        if (hasText && (byLine || context.Value(_path) is not null)) throw CliException.Usage("--payload goes with neither PATH nor --lines");
        if (byLine && context.Value(_blob)) throw CliException.Usage("--lines publishes lines, not blobs");
        using InputSource? input = hasText ? null : await context.OpenInputAsync(context.Value(_path) ?? "-", cancellationToken);
        await using ChannelSession session = await ChannelSession.OpenWriterAsync(context, cancellationToken);
        IEventChannel channel = await session.Channels.OpenAsync(name, cancellationToken: cancellationToken);
        if (RetentionOf(context) is { } retention) await channel.SetRetentionAsync(retention, cancellationToken);
        if (byLine) await PublishLinesAsync(context, channel, input!, cancellationToken);
        else await PublishOneAsync(context, session, channel, input, cancellationToken);
        StoreSession.RemarkOnRefusals(context, session.Store);
        return ExitCode.Ok;
    }

    private EventRetention? RetentionOf(CommandContext context)
    {
        if (!context.Has(_keepCount) && !context.Has(_keepBytes) && !context.Has(_keepAge)) return null;
        return new EventRetention { MaxCount = context.Value(_keepCount), MaxBytes = context.Value(_keepBytes), MaxAge = context.Value(_keepAge) };
    }

    private Durability DurabilityOf(CommandContext context) =>
        context.Value(_durability) is { } typed ? Enum.Parse<Durability>(typed, ignoreCase: true) : Durability.Buffered;

    private async Task PublishOneAsync(
        CommandContext context, ChannelSession session, IEventChannel channel, InputSource? input, CancellationToken cancellationToken)
    {
        var registry = new AdapterRegistry();
        registry.Register(new MeshAdapter(session.Store), AdapterTrust.Trusted);
        var publisher = new BlobChannel(channel, new BlobResolver(registry));
        var options = new PublishOptions
        {
            Durability = DurabilityOf(context),
            ExpectedNext = context.Value(_expected),
            Payload = context.Value(_blob) ? new PayloadOptions { InlineMaxBytes = 0 } : new PayloadOptions(),
        };
        ulong sequence;
        if (input is null) sequence = await publisher.PublishBlobAsync(Encoding.UTF8.GetBytes(context.Value(_payload)!), options, cancellationToken);
        else
        {
            await using var content = new InputStream(input);
            sequence = await publisher.PublishBlobAsync(content, options, cancellationToken);
        }
        ChannelEvent? written = await channel.ReadAsync(sequence, cancellationToken);
        Write(context, channel, sequence, 1, written is { IsRef: true } one ? one.DecodeRef()!.ToText() : null);
    }

    private async Task PublishLinesAsync(CommandContext context, IEventChannel channel, InputSource input, CancellationToken cancellationToken)
    {
        var options = new AppendOptions { Durability = DurabilityOf(context), ExpectedNext = context.Value(_expected) };
        var reader = new LineReader(input, ChannelLimits.MaxEventBytes);
        var batch = new List<EventData>();
        ulong? first = null;
        ulong count = 0;
        do
        {
            int bytes = 0;
            while (reader.TryRead(out InputLine line))
            {
                if (line.IsTooLong)
                {
                    long tooLong = line.Number;
                    // Whoever is told of the line knows what became of those before it.
                    await AppendAsync();
                    throw new DatafortsException(ErrorKind.LimitExceeded,
                        $"line {tooLong} is over the {ChannelLimits.MaxEventBytes} bytes of an event; the {count} lines before it were published");
                }
                batch.Add(line.Content.ToArray());
                bytes += line.Content.Length;
                // What was read is appended before more is: whoever writes a line sees it published.
                if (bytes >= ChannelLimits.MaxBatchBytes / 2 || batch.Count == ChannelLimits.MaxBatchEvents) await AppendAsync();
                if (batch.Count == 0) bytes = 0;
            }
            await AppendAsync();
        }
        while (await reader.FillAsync(cancellationToken));
        if (first is { } number) Write(context, channel, number, count, null);

        async ValueTask AppendAsync()
        {
            if (batch.Count == 0) return;
            ulong number = await channel.AppendBatchAsync(batch.ToArray(), options, cancellationToken);
            first ??= number;
            count += (ulong)batch.Count;
            // The expectation is of the first.
            options = options with { ExpectedNext = options.ExpectedNext is null ? null : number + (ulong)batch.Count };
            batch.Clear();
        }
    }

    private static void Write(CommandContext context, IEventChannel channel, ulong first, ulong count, string? blob)
    {
        if (!context.Json)
        {
            context.Results.Line(count == 1 ? $"{first}" : $"{first} to {first + count - 1}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteString("channel"u8, channel.Name.Value);
        json.WriteUInt64("seq"u8, first);
        json.WriteUInt64("count"u8, count);
        json.WriteString("token"u8, channel.TokenOf(first + count - 1).ToString());
        if (blob is not null) json.WriteString("ref"u8, blob);
        context.Results.EndObject();
    }
}
