using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dataforts.Cli.Output;

/// <summary>What a command has to say on standard output: JSON objects, one a line, or lines for people. Buffered; not thread-safe.</summary>
internal sealed class ResultWriter : IDisposable
{
    private const int FlushFromBytes = 64 << 10;

    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushFromBytes);
    private readonly Utf8JsonWriter _json;
    private int _finishedBytes;

    /// <summary>Writes to <paramref name="output"/>, which stays the caller's.</summary>
    public ResultWriter(Stream output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Starts an object, opening brace written. <see cref="EndObject"/> closes it.</summary>
    public Utf8JsonWriter BeginObject()
    {
        _json.Reset();
        _json.WriteStartObject();
        return _json;
    }

    /// <summary>Closes the object and its line.</summary>
    public void EndObject()
    {
        _json.WriteEndObject();
        _json.Flush();
        EndLine();
    }

    /// <summary>Amid a long object: hands on what has gathered, so that the object is nowhere in memory as a whole. A failure after that
    /// leaves an unfinished line behind.</summary>
    public void HandOnLongObject()
    {
        if (_json.BytesPending + _buffer.WrittenCount < FlushFromBytes) return;
        _json.Flush();
        _finishedBytes = _buffer.WrittenCount;
        Flush();
    }

    /// <summary>One line for people. The caller escapes what came from elsewhere with <see cref="Display.Escape"/>.</summary>
    public void Line(string text)
    {
        _ = Encoding.UTF8.GetBytes(text, _buffer);
        EndLine();
    }

    /// <summary>Lines for people as they are, with their line ends.</summary>
    public void Text(string text)
    {
        _ = Encoding.UTF8.GetBytes(text, _buffer);
        _finishedBytes = _buffer.WrittenCount;
    }

    /// <summary>Bytes of content, unbuffered, behind everything written so far.</summary>
    public Stream Content()
    {
        Flush();
        return _output;
    }

    /// <summary>Writes out every finished line.</summary>
    public void Flush()
    {
        if (_finishedBytes == 0) return;
        _output.Write(_buffer.WrittenSpan[.._finishedBytes]);
        _output.Flush();
        // Only finished lines are in the buffer when this is called, except after a failure, and then the rest is not wanted.
        _buffer.ResetWrittenCount();
        _finishedBytes = 0;
    }

    /// <summary>As <see cref="Flush"/>, where another failure is already to be told of.</summary>
    /// <returns>Whether the lines were written.</returns>
    public bool TryFlush()
    {
        try
        {
            Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _json.Dispose();

    private void EndLine()
    {
        _buffer.Write("\n"u8);
        _finishedBytes = _buffer.WrittenCount;
        if (_finishedBytes >= FlushFromBytes) Flush();
    }
}
