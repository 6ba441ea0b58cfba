using Dataforts.Cli.Errors;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Arguments;

/// <summary>What REF|NAME means: one of the three is set.</summary>
/// <param name="Ref">The ref, when all of it was typed.</param>
/// <param name="Manifest">Where the ref is stored, when the text form of a Manifest was typed.</param>
/// <param name="Name">A name to be looked up.</param>
internal readonly record struct BlobTarget(BlobRef? Ref, ManifestAddress? Manifest, string? Name)
{
    private const string HexPrefix = "b0b1b2b3";

    /// <summary>Reads a REF, or a NAME where the text does not begin as refs do.</summary>
    /// <exception cref="BlobFormatException">It begins as a ref and is none.</exception>
    /// <exception cref="CliException">It is hex of a ref cut or mistyped, or no possible name.</exception>
    public static BlobTarget Parse(string text)
    {
        if (BeginsAsRef(text)) return ParseRef(text);
        if (BlobName.Reject(text) is { } reason) throw CliException.Usage(reason);
        return new BlobTarget(null, null, text);
    }

    /// <summary>Reads a REF only.</summary>
    /// <exception cref="BlobFormatException">It is no ref.</exception>
    /// <exception cref="CliException">It is neither a text form nor hex.</exception>
    public static BlobTarget ParseRef(string text)
    {
        if (BlobRefText.IsText(text))
        {
            BlobRefText parsed = BlobRefText.Parse(text);
            return new BlobTarget(parsed.Ref, parsed.Manifest, null);
        }
        if (!text.StartsWith(HexPrefix, StringComparison.Ordinal))
            throw CliException.Usage($"'{text}' is not a ref: a ref begins with {BlobRefText.Prefix} or, in hex, with {HexPrefix}");
        byte[] bytes = new byte[text.Length / 2];
        if (!Hex.TryParse(text, bytes)) throw CliException.Usage("a ref in hex has an even number of lower-case hex digits and nothing else");
        return new BlobTarget(BlobRef.Decode(bytes), null, null);
    }

    private static bool BeginsAsRef(string text) => BlobRefText.IsText(text) || text.StartsWith(HexPrefix, StringComparison.Ordinal);
}
