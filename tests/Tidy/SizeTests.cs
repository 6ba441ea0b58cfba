using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>Files, methods and lines stay small enough to be read.</summary>
public sealed class SizeTests
{
    private const int FileLines = 400;
    private const int TestFileLines = 600;
    private const int MethodLines = 60;
    private const int LineCharacters = 160;

    [Fact]
    public void Files_are_short() => Verdict.Clean(LongFiles(Repository.This));

    [Fact]
    public void Methods_are_short() => Verdict.Clean(LongMethods(Repository.This));

    [Fact]
    public void Lines_are_short() => Verdict.Clean(LongLines(Repository.This));

    [Fact]
    public void A_long_file_is_found() =>
        Verdict.Finds(
            LongFiles(Repository.Of(
                ("src/A.cs", Blank(FileLines)),
                ("src/B.cs", Blank(FileLines + 1)),
                ("tests/C.cs", Blank(TestFileLines)),
                ("bench/D.cs", Blank(TestFileLines + 1)))),
            "bench/D.cs:601",
            "src/B.cs:401");

    [Fact]
    public void A_long_method_is_found()
    {
        string fits = "/// <summary>x</summary>\n[A]\nvoid Fits()\n{" + Blank(MethodLines - 2) + "}\n";
        string tooLong = "long P\n{ get\n {" + Blank(MethodLines - 1) + "} }\n";
        Verdict.Finds(LongMethods(Repository.Of(("src/A.cs", "class C {\n" + fits + tooLong + "}"))), "src/A.cs:65");
        Verdict.Finds(LongMethods(Repository.Of(("src/P.cs", "int a;\n" + string.Concat(Enumerable.Repeat("a++;\n", MethodLines))))), "src/P.cs:1");
    }

    [Fact]
    public void A_long_line_is_found() =>
        Verdict.Finds(
            LongLines(Repository.Of(("tests/A.cs", new string('/', LineCharacters) + "\n" + new string('/', LineCharacters + 1)))),
            "tests/A.cs:2");

    private static IEnumerable<Offence> LongFiles(Repository repository) =>
        from file in repository.Sources
        let most = file.Path.StartsWith("src/", StringComparison.Ordinal) ? FileLines : TestFileLines
        where file.Lines.Length > most
        select new Offence(file.Path, file.Lines.Length, $"more than {most} lines");

    private static IEnumerable<Offence> LongMethods(Repository repository)
    {
        foreach (SourceFile file in repository.Shipped)
        {
            foreach (SyntaxNode method in file.Nodes<SyntaxNode>().Where(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax))
                if (TooLong(file, Signature(method), method.Span.End) is { } offence) yield return offence;
            GlobalStatementSyntax[] statements = [.. file.Nodes<GlobalStatementSyntax>()];
            if (statements.Length > 0 && TooLong(file, statements[0].SpanStart, statements[^1].Span.End) is { } program) yield return program;
        }
    }

    private static int Signature(SyntaxNode method)
    {
        SyntaxList<AttributeListSyntax> attributes = method is MemberDeclarationSyntax member
            ? member.AttributeLists
            : ((AccessorDeclarationSyntax)method).AttributeLists;
        return attributes.Count == 0 ? method.SpanStart : attributes[^1].GetLastToken().GetNextToken().SpanStart;
    }

    private static Offence? TooLong(SourceFile file, int start, int end)
    {
        int first = file.Tree.GetText().Lines.GetLineFromPosition(start).LineNumber;
        int last = file.Tree.GetText().Lines.GetLineFromPosition(end).LineNumber;
        int count = last - first + 1;
        return count <= MethodLines ? null : new Offence(file.Path, first + 1, $"a method of {count} lines, more than {MethodLines}");
    }

    private static IEnumerable<Offence> LongLines(Repository repository) =>
        from file in repository.Sources
        from line in file.Lines.Index()
        where line.Item.Length > LineCharacters
        select new Offence(file.Path, line.Index + 1, $"{line.Item.Length} characters, more than {LineCharacters}");

    private static string Blank(int lines) => new('\n', lines);
}
