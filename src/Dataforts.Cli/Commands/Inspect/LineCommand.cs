using System.Text.Json;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary>A command that reads standard input to its end and answers each line, good or bad.</summary>
internal abstract class LineCommand(string name, string description) : CliCommand(name, description)
{
    /// <summary>The most bytes in a line.</summary>
    public const int MaxLineBytes = 8 << 20;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using InputSource input = await context.OpenInputAsync("-", cancellationToken);
        var reader = new LineReader(input, MaxLineBytes);
        do
        {
            while (reader.TryRead(out InputLine line))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Answer(line, context.Results);
            }
            // Whoever writes one line and waits for its answer gets it.
            context.Results.Flush();
        }
        while (await reader.FillAsync(cancellationToken));
        Finish(context.Results);
        return ExitCode.Ok;
    }

    /// <summary>Takes in one line. Nothing may be written before it is known to be good.</summary>
    /// <exception cref="BlobFormatException">The line is refused; so is it by an <see cref="ItemException"/>.</exception>
    protected abstract void Accept(InputLine line, ResultWriter results);

    /// <summary>Called for every line that was refused.</summary>
    protected virtual void Refused()
    {
    }

    /// <summary>Called behind the last line.</summary>
    protected virtual void Finish(ResultWriter results)
    {
    }

    /// <summary>The bytes that a line gives in hex.</summary>
    protected static byte[] ParseHex(ReadOnlySpan<byte> line)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(line.Length / 2);
        return Hex.TryParse(line, bytes) ? bytes : throw ItemException.Invalid("this is not an even number of lower-case hex digits");
    }

    /// <summary>Answers an item with an error.</summary>
    protected static void WriteError(ResultWriter results, long line, string kind, string message, byte? version = null)
    {
        Utf8JsonWriter json = results.BeginObject();
        json.WriteNumber("line"u8, line);
        json.WriteStartObject("error"u8);
        json.WriteString("kind"u8, kind);
        if (version is byte known) json.WriteNumber("version"u8, known);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        results.EndObject();
    }

    private void Answer(InputLine line, ResultWriter results)
    {
        try
        {
            if (line.IsTooLong) throw ItemException.Invalid($"a line has at most {MaxLineBytes} bytes");
            Accept(line, results);
        }
        catch (ItemException error)
        {
            Refused();
            WriteError(results, line.Number, error.Kind, error.Message);
        }
        catch (BlobFormatException error)
        {
            Refused();
            WriteError(results, line.Number, Failure.KindOf(error), error.Message, (error as UnsupportedVersionException)?.Version);
        }
    }
}
