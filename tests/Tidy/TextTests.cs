using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>Nothing is left unfinished or skipped unsaid, nothing names one person's machine, and links lead somewhere.</summary>
public sealed partial class TextTests
{
    /// <summary>Put together from parts, so that this file does not break its own rule.</summary>
    private static readonly Regex UnfinishedWord = new(@"\b(TO" + "DO|FIX" + "ME|HA" + "CK|XX" + @"X|NotImplemented" + @"Exception)\b");

    private static readonly Regex Machine = new(
        @"\b(nuget|npmjs|yarnpkg|debian|ubuntu|pypi|pythonhosted|golang|rubygems|maven)\.(org|com|io)\b|\bcrates\.io\b"
        + @"|(?<![\w.$})~*/-])/(work|root|home|Users)/|\b[A-Z]:\\Users\\");

    [Fact]
    public void Nothing_is_left_unfinished() => Verdict.Clean(Unfinished(Repository.This));

    [Fact]
    public void A_skipped_test_says_why() => Verdict.Clean(SilentSkips(Repository.This));

    [Fact]
    public void Nothing_names_a_registry_or_a_machines_folders() => Verdict.Clean(Machines(Repository.This));

    [Fact]
    public void Links_lead_to_files() => Verdict.Clean(DeadLinks(Repository.This));

    [Fact]
    public void The_scripts_and_the_tests_cut_the_slow_lane_alike()
    {
        string script = Repository.This.Files.Single(f => f.Path == "test").Text;
        string attribute = Repository.This.Files.Single(f => f.Path == "tests/Dataforts.Testing/SlowAttribute.cs").Text;
        Assert.Equal(Regex.Match(attribute, @"Slices = (\d+)").Groups[1].Value, Regex.Match(script, @"(?m)^slices=(\d+)").Groups[1].Value);
    }

    [Fact]
    public void Unfinished_work_is_found() =>
        Verdict.Finds(
            Unfinished(Repository.Of(("src/A.cs", "// TO" + "DO: more\nthrow new NotImplemented" + "Exception();\nmktemp XXXXXX"), ("eng/b", "# HA" + "CK"))),
            "eng/b:1",
            "src/A.cs:1",
            "src/A.cs:2");

    [Fact]
    public void A_skip_without_a_reason_is_found() =>
        Verdict.Finds(
            SilentSkips(Repository.Of(("tests/A.cs", """
            class T {
              [Fact(Skip = "")] void A() { }
              [Fact(Skip = null)] void B() { }
              [Fact(Skip = "b3sum is not installed")] void C() => Assert.Skip(" ");
              [Fact] void D() => Assert.SkipUnless(Here, "b3sum is not installed");
            }
            """))),
            "tests/A.cs:2",
            "tests/A.cs:3",
            "tests/A.cs:4");

    [Fact]
    public void A_registry_and_a_machines_folder_are_found() =>
        Verdict.Finds(
            Machines(Repository.Of(("docs/A.md", "see api.nuget" + ".org\nin `/ho" + "me/me/x`\n$root/work/x and https://a.b/home/c\n\"/wo" + "rk/x\""))),
            "docs/A.md:1",
            "docs/A.md:2",
            "docs/A.md:4");

    [Fact]
    public void A_dead_link_is_found() =>
        Verdict.Finds(
            DeadLinks(Repository.Of(
                ("README.md", "[a](docs/B.md#part) [b](docs/C.md)\n[c](https://example.com/x) [d](#here)\n![e](no.png)\n```\n[f](no)\n```"),
                ("docs/B.md", "[up](../README.md) `[g](no)`\n[h](<../no such>)"))),
            "README.md:1",
            "README.md:3",
            "docs/B.md:2");

    private static IEnumerable<Offence> Unfinished(Repository repository) =>
        from file in repository.Files
        where !file.Path.EndsWith("packages.lock.json", StringComparison.Ordinal)
        from line in file.Lines.Index()
        let word = UnfinishedWord.Match(line.Item)
        where word.Success
        select new Offence(file.Path, line.Index + 1, word.Value);

    private static IEnumerable<Offence> SilentSkips(Repository repository)
    {
        foreach (SourceFile file in repository.Sources)
        {
            foreach (AttributeArgumentSyntax argument in file.Nodes<AttributeArgumentSyntax>())
                if (argument.NameEquals?.Name.Identifier.ValueText == "Skip" && IsEmpty(argument.Expression))
                    yield return file.At(argument, "a test is skipped, and nobody says why");
            foreach (InvocationExpressionSyntax call in file.Nodes<InvocationExpressionSyntax>())
                if (SkipCall().IsMatch(call.Expression.ToString()) && IsEmpty(call.ArgumentList.Arguments.LastOrDefault()?.Expression))
                    yield return file.At(call, "a test is skipped, and nobody says why");
        }
    }

    private static bool IsEmpty(ExpressionSyntax? reason) =>
        reason is null || (reason is LiteralExpressionSyntax literal && string.IsNullOrWhiteSpace(literal.Token.Value as string));

    private static IEnumerable<Offence> Machines(Repository repository) =>
        from file in repository.Files
        from line in file.Lines.Index()
        let found = Machine.Match(line.Item)
        where found.Success
        select new Offence(file.Path, line.Index + 1, $"'{found.Value}' is true of some machine only");

    private static IEnumerable<Offence> DeadLinks(Repository repository)
    {
        foreach (SourceFile file in repository.Files.Where(f => f.Path.EndsWith(".md", StringComparison.Ordinal)))
        {
            bool fenced = false;
            foreach ((int index, string line) in file.Lines.Index())
            {
                if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
                if (fenced) continue;
                foreach (Match link in Link().Matches(Quoted().Replace(line, "")))
                    if (!Leads(repository, file, link.Groups[1].Value.Trim('<', '>')))
                        yield return new Offence(file.Path, index + 1, $"{link.Groups[1].Value} leads nowhere");
            }
        }
    }

    private static bool Leads(Repository repository, SourceFile file, string target)
    {
        if (target.StartsWith('#') || target.Contains(':', StringComparison.Ordinal)) return true;
        var path = new List<string>(file.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (string part in target.Split('#')[0].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && path.Count > 0) path.RemoveAt(path.Count - 1);
            else if (part != ".") path.Add(part);
        }
        return path.Count == 0 || repository.Paths.Contains(string.Join('/', path));
    }

    [GeneratedRegex(@"\]\((<[^>]*>|[^)\s]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^Assert\.Skip(Unless|When)?$")]
    private static partial Regex SkipCall();
}
