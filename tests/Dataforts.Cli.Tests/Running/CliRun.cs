using System.Text;
using System.Text.Json;

namespace Dataforts.Cli.Tests.Running;

/// <summary>What a run of the tool left.</summary>
internal sealed record CliRun(int ExitCode, byte[] Output, byte[] Error)
{
    /// <summary>Standard output, which is to be UTF-8 without a byte-order mark.</summary>
    public string OutputText => Strict.GetString(Output);

    public string ErrorText => Strict.GetString(Error);

    public string[] OutputLines => Lines(OutputText);

    public string[] ErrorLines => Lines(ErrorText);

    /// <summary>The one object on standard output.</summary>
    public JsonElement Json => Parse(Assert.Single(OutputLines));

    /// <summary>The last line of standard error, as an error.</summary>
    public JsonElement JsonError => Parse(ErrorLines[^1]).GetProperty("error");

    public string ErrorKind => JsonError.GetProperty("kind").GetString()!;

    private static UTF8Encoding Strict => new(false, throwOnInvalidBytes: true);

    public JsonElement JsonLine(int index) => Parse(OutputLines[index]);

    private static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}
