using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>Bytes become hex, and hex bytes, in one place.</summary>
public sealed partial class HexTests
{
    /// <summary>The hash's own digits, and those of any other bytes.</summary>
    private static readonly string[] Home =
    [
        "src/Dataforts.Formats/Content/BlobHash.cs",
        "src/Dataforts.Formats/Content/BlobHash.Parse.cs",
        "src/Dataforts.Formats/Content/Hex.cs",
    ];

    [Fact]
    public void Hex_is_formatted_and_parsed_in_one_place() => Verdict.Clean(Find(Repository.This));

    [Fact]
    public void Hex_elsewhere_is_found() =>
        Verdict.Finds(
            Find(Repository.Of(
                (Home[0], "Convert.ToHexStringLower(bytes);"),
                ("src/A.cs", """
                Convert.ToHexString(bytes);
                var parse = Convert.FromHexString;
                b.ToString("x2");
                string.Format("{0:x2}", b);
                s = $"{b:X8}";
                var digits = "0123456789abcdef"u8;
                int.Parse(s, NumberStyles.HexNumber);
                fine = $"{b:x} {n:N2}" + "x2y";
                """))),
            [.. Enumerable.Range(1, 7).Select(line => $"src/A.cs:{line}")]);

    private static IEnumerable<Offence> Find(Repository repository)
    {
        foreach (SourceFile file in repository.Shipped.Where(f => !Home.Contains(f.Path)))
            foreach (SyntaxToken token in file.Unit.DescendantTokens())
                if (IsHex(token)) yield return file.At(token, $"{token}: hex belongs in {Home[0]}");
    }

    private static bool IsHex(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.IdentifierToken => HexName().IsMatch(token.ValueText),
        SyntaxKind.InterpolatedStringTextToken when token.Parent is InterpolationFormatClauseSyntax => HexFormat().IsMatch(token.ValueText),
        _ when token.Value is string text => HexFormat().IsMatch(text) || HexPlaceholder().IsMatch(text) || HexDigits().IsMatch(text),
        _ => false,
    };

    [GeneratedRegex("^(Try)?(To|From)HexString(Lower)?$|^(Allow)?HexNumber$|^AllowHexSpecifier$")]
    private static partial Regex HexName();

    [GeneratedRegex("^[xX][0-9]+$")]
    private static partial Regex HexFormat();

    [GeneratedRegex(@"\{[0-9]+(,-?[0-9]+)?:[xX][0-9]+\}")]
    private static partial Regex HexPlaceholder();

    [GeneratedRegex("0123456789abcdef", RegexOptions.IgnoreCase)]
    private static partial Regex HexDigits();
}
