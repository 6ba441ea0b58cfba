using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataforts.Channels;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Channels;

/// <summary>Events as they are printed.</summary>
internal static class ChannelOutput
{
    private const int ShownBytes = 200;

    /// <summary>One object, or one line.</summary>
    public static void Write(CommandContext context, in TailItem item)
    {
        if (item.IsGap) WriteGap(context, item);
        else Write(context, item.Event);
    }

    /// <summary>One object, or one line.</summary>
    public static void Write(CommandContext context, in ChannelEvent one)
    {
        if (!context.Json)
        {
            context.Results.Line($"{one.Sequence,12}  {TimeOf(one.Time)}  {Shown(one)}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteUInt64("seq"u8, one.Sequence);
        json.WriteString("time"u8, TimeOf(one.Time));
        if (one.IsRef) WriteRef(json, one);
        else json.WriteBase64String("payload"u8, one.Payload.Span);
        context.Results.EndObject();
    }

    /// <summary>RFC 3339, UTC, to the millisecond.</summary>
    public static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteGap(CommandContext context, in TailItem item)
    {
        string reason = item.Gap.ToString().ToLowerInvariant();
        if (!context.Json)
        {
            context.Results.Line($"{item.From,12}  to {item.GapEnd - 1} are not there: {reason}");
            return;
        }
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteStartObject("gap"u8);
        json.WriteUInt64("from"u8, item.From);
        json.WriteUInt64("to"u8, item.GapEnd - 1);
        json.WriteString("reason"u8, reason);
        json.WriteEndObject();
        context.Results.EndObject();
    }

    private static void WriteRef(Utf8JsonWriter json, in ChannelEvent one)
    {
        if (RefOf(one) is { } blob) json.WriteString("ref"u8, blob.ToText());
        else json.WriteHex("ref"u8, one.Payload.Span);
    }

    // One that this program does not know is shown as it lies there.
    private static BlobRef? RefOf(in ChannelEvent one)
    {
        try
        {
            return one.DecodeRef();
        }
        catch (BlobFormatException)
        {
            // As above.
            return null;
        }
    }

    private static string Shown(in ChannelEvent one)
    {
        if (one.IsRef) return RefOf(one)?.ToText() ?? "a ref of an unknown format";
        ReadOnlySpan<byte> bytes = one.Payload.Span;
        string more = bytes.Length > ShownBytes ? $"… ({bytes.Length} bytes)" : "";
        return Display.Escape(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownBytes)])) + more;
    }
}
