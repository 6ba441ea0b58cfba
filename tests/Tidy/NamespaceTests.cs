using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>A namespace is the project's root namespace and the folder.</summary>
public sealed partial class NamespaceTests
{
    [Fact]
    public void Namespaces_mirror_folders() => Verdict.Clean(Find(Repository.This));

    [Fact]
    public void A_namespace_elsewhere_and_a_type_without_one_are_found() =>
        Verdict.Finds(
            Find(Repository.Of(
                ("src/P/P.csproj", "<RootNamespace>Root.P</RootNamespace>"),
                ("src/P/Q/Good.cs", "namespace Root.P.Q;\nclass Good;"),
                ("src/P/Q/Bad.cs", "using System;\nnamespace Root.P;\nclass Bad;"),
                ("src/P/None.cs", "\nclass None;"))),
            "src/P/None.cs:2",
            "src/P/Q/Bad.cs:2");

    private static IEnumerable<Offence> Find(Repository repository)
    {
        foreach (SourceFile file in repository.Sources)
        {
            SourceFile? project = repository.Projects.FirstOrDefault(p => file.Path.StartsWith(p.Folder + "/", StringComparison.Ordinal));
            if (project is null) continue;
            Match named = RootNamespace().Match(project.Text);
            string root = named.Success ? named.Groups[1].Value : "Dataforts";
            string expected = (root + file.Folder[project.Folder.Length..]).Replace('/', '.');
            foreach (BaseNamespaceDeclarationSyntax space in file.Nodes<BaseNamespaceDeclarationSyntax>())
                if (space.Name.ToString() != expected) yield return file.At(space, $"namespace {space.Name}, not {expected}");
            foreach (MemberDeclarationSyntax type in file.TopLevelTypes)
                if (type.Parent is CompilationUnitSyntax) yield return file.At(type, $"no namespace, not {expected}");
        }
    }

    [GeneratedRegex("<RootNamespace>(.*)</RootNamespace>")]
    private static partial Regex RootNamespace();
}
