using CsCheck;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Content;

public sealed class FormatPropertyTests
{
    private const long Few = 3_000;
    private const long Many = 1_000_000;

    [Fact]
    public void A_ref_survives_encoding_and_text() => RefsSurvive(Few);

    [Fact]
    public void A_node_survives_encoding() => NodesSurvive(Few);

    [Fact]
    public void Bytes_are_a_ref_s_one_encoding_or_refused_with_a_typed_error() => RefBytesAreJudged(Few);

    [Fact]
    public void Bytes_are_a_node_s_one_encoding_or_refused_with_a_typed_error() => NodeBytesAreJudged(Few);

    [Fact]
    public void Text_is_a_ref_s_one_text_or_refused_with_a_typed_error() => TextIsJudged(Few);

    [Fact, Slow]
    public void A_million_refs_survive_encoding_and_text() => RefsSurvive(Many);

    [Fact, Slow]
    public void A_million_nodes_survive_encoding() => NodesSurvive(Many);

    [Fact, Slow]
    public void A_million_byte_strings_are_judged_as_refs() => RefBytesAreJudged(Many);

    [Fact, Slow]
    public void A_million_byte_strings_are_judged_as_nodes() => NodeBytesAreJudged(Many);

    [Fact, Slow]
    public void A_million_texts_are_judged_as_refs() => TextIsJudged(Many);

    private static void RefsSurvive(long cases) => Arbitrary.Ref.Sample(
        made =>
        {
            byte[] encoded = made.Encode();
            BlobRef decoded = BlobRef.Decode(encoded);
            var text = BlobRefText.Parse(made.ToText());
            bool inText = made is ManifestRef manifest ? text.Manifest == ManifestAddress.Of(manifest) : made.Equals(text.Ref);
            return encoded.Length == made.EncodedLength && made.Equals(decoded) && made.Uri == decoded.Uri && inText
                && encoded.AsSpan().SequenceEqual(decoded.Encode());
        },
        iter: cases);

    private static void NodesSurvive(long cases) => Arbitrary.Node.Sample(
        made =>
        {
            byte[] encoded = made.Encode();
            TreeNode decoded = TreeNode.Decode(encoded);
            return encoded.Length == made.EncodedLength && made.GetType() == decoded.GetType() && made.CoveredBytes == decoded.CoveredBytes
                && encoded.AsSpan().SequenceEqual(decoded.Encode());
        },
        iter: cases);

    private static void RefBytesAreJudged(long cases) => Arbitrary.RefBytes.Sample(
        bytes => Judged(bytes, static encoded => BlobRef.Decode(encoded).Encode()), iter: cases);

    private static void NodeBytesAreJudged(long cases) => Arbitrary.NodeBytes.Sample(
        bytes => Judged(bytes, static encoded => TreeNode.Decode(encoded).Encode()), iter: cases);

    /// <summary>Texts with a right check around arbitrary bodies, so that what is behind the check is reached.</summary>
    private static void TextIsJudged(long cases) => Gen.Select(Gen.Byte[0, 3], Arbitrary.RefBytes, Gen.Int[0, 4]).Sample(
        (layout, bytes, skipped) =>
        {
            byte[] body = [layout, .. bytes.Skip(skipped)];
            byte[] sealedBody = [.. body, .. BlobHash.Compute(body).Span[..4]];
            var digits = new char[Base32.TextLength(sealedBody.Length)];
            Base32.Encode(sealedBody, digits);
            string text = "df1-" + new string(digits);
            bool accepted = BlobRefText.TryParse(text, out BlobRefText parsed);
            return !accepted || parsed.ToString() == text;
        },
        iter: cases);

    private static bool Judged(byte[] bytes, Func<byte[], byte[]> recode)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            return recode(bytes).AsSpan().SequenceEqual(bytes);
        }
        catch (BlobFormatException)
        {
            // The exception itself takes a few kilobytes.
            return GC.GetAllocatedBytesForCurrentThread() - before < 32_768 + (8 * bytes.Length);
        }
    }
}
