using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dataforts.Cli.Errors;

namespace Dataforts.Cli.Output;

/// <summary>What a command has to say on standard error: failures, and remarks for people. Thread-safe.</summary>
internal sealed class Diagnostics(Stream error, bool json)
{
    private readonly Lock _gate = new();
    private bool _isLost;

    /// <summary>Whether remarks are shown: neither to scripts nor when asked for quiet.</summary>
    public bool ShowsRemarks { get; init; } = !json;

    /// <summary>Tells the caller of a failure; with <c>--json</c> as an object on a line.</summary>
    public void Report(Failure failure)
    {
        if (json)
            Write(AsJson(failure));
        else if (!failure.IsSilent)
            Write(Encoding.UTF8.GetBytes($"dataforts: {Display.Escape(failure.Message)}\n"));
    }

    /// <summary>Tells a person something that is no failure, on one line.</summary>
    public void Remark(string message)
    {
        if (ShowsRemarks)
            Write(Encoding.UTF8.GetBytes($"dataforts: {Display.Escape(message)}\n"));
    }

    /// <summary>Text of ours for a person, shown as it is; nothing with <c>--json</c>.</summary>
    public void Text(string text)
    {
        if (!json)
            Write(Encoding.UTF8.GetBytes(text));
    }

    private static ReadOnlySpan<byte> AsJson(Failure failure)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error"u8);
            writer.WriteString("kind"u8, failure.Kind);
            writer.WriteString("message"u8, failure.Message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isLost) return;
            try
            {
                error.Write(bytes);
            }
            catch (IOException)
            {
                // Closed or full: there is nowhere left to say so. The exit code still tells.
                _isLost = true;
            }
        }
    }
}
