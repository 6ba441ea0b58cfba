using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>One type a file, named like the file and for what it is; a class is sealed unless something derives from it.</summary>
public sealed partial class TypeTests
{
    [Fact]
    public void A_file_holds_one_type_and_bears_its_name() => Verdict.Clean(Misplaced(Repository.This));

    [Fact]
    public void Classes_are_sealed_unless_derived_from() => Verdict.Clean(Unsealed(Repository.This));

    [Fact]
    public void Types_are_named_for_what_they_are() => Verdict.Clean(Vague(Repository.This));

    [Fact]
    public void A_second_type_and_a_wrong_file_name_are_found() =>
        Verdict.Finds(
            Misplaced(Repository.Of(
                ("src/P/Two.cs", "namespace P;\nclass Two { class Nested; }\nfile delegate void D();\nclass Other;"),
                ("src/P/Wrong.cs", "namespace P;\nclass Right;"),
                ("src/P/Part.Reading.cs", "namespace P;\npartial class Part;"),
                ("src/P/Whole.Reading.cs", "namespace P;\nclass Whole;"),
                ("src/P/Pair.cs", "namespace P;\nclass Pair;\nclass Pair<T>;"),
                ("src/P/Program.cs", "return 0;"))),
            "src/P/Two.cs:4",
            "src/P/Whole.Reading.cs:2",
            "src/P/Wrong.cs:2");

    [Fact]
    public void An_unsealed_class_is_found() =>
        Verdict.Finds(
            Unsealed(Repository.Of(
                ("src/P/Open.cs", "namespace P;\nclass Open\n{\n  record Inner; record struct Fine; }"),
                ("src/P/Base.cs", "namespace P;\nclass Base<T>;\nabstract class A;\nstatic class S;"),
                ("src/P/Derived.cs", "namespace P;\nenum E : byte;\nsealed class Derived : Q.Base<int>;\npartial class Derived;"))),
            "src/P/Open.cs:2",
            "src/P/Open.cs:4");

    [Fact]
    public void A_vague_name_is_found() =>
        Verdict.Finds(
            Vague(Repository.Of(("src/P/A.cs", "class ChunkManager {\n enum HexUtils { }\n}\nstruct Helper;\nclass Manageress;\ninterface IGood;"))),
            "src/P/A.cs:1",
            "src/P/A.cs:2",
            "src/P/A.cs:4");

    private static IEnumerable<Offence> Misplaced(Repository repository)
    {
        foreach (SourceFile file in repository.Sources)
        {
            MemberDeclarationSyntax[] types =
            [
                .. file.TopLevelTypes.Where(t => t is not DelegateDeclarationSyntax || !t.Modifiers.Any(SyntaxKind.FileKeyword)),
            ];
            string[] name = Path.GetFileNameWithoutExtension(file.Path).Split('.');
            foreach (MemberDeclarationSyntax type in types)
            {
                if (NameOf(type) != NameOf(types[0]))
                    yield return file.At(type, $"{NameOf(type)} shares a file with {NameOf(types[0])}");
                else if (NameOf(type) != name[0])
                    yield return file.At(type, $"{NameOf(type)} is in a file of another name");
                else if (name.Length > 1 && !type.Modifiers.Any(SyntaxKind.PartialKeyword))
                    yield return file.At(type, $"{NameOf(type)} is whole, but its file is named like a part");
            }
        }
    }

    private static IEnumerable<Offence> Unsealed(Repository repository)
    {
        HashSet<string> bases =
        [
            .. from file in repository.Sources
               from listed in file.Nodes<BaseListSyntax>()
               from type in listed.Types
               from name in type.Type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>()
               where name.Parent is not TypeArgumentListSyntax && (name.Parent is not QualifiedNameSyntax outer || outer.Right == name)
               select name.Identifier.ValueText,
        ];
        // The benchmark runner derives from the classes it runs.
        var classes =
            from file in repository.Sources
            where !file.Path.StartsWith("bench/", StringComparison.Ordinal)
            from type in file.Nodes<TypeDeclarationSyntax>()
            where type is ClassDeclarationSyntax || type.IsKind(SyntaxKind.RecordDeclaration)
            select (File: file, Type: type);
        return from parts in classes.GroupBy(c => (c.File.Folder, FullName(c.Type)))
               where !parts.Any(p => p.Type.Modifiers.Any(m =>
                   m.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword))
               let first = parts.First()
               where !bases.Contains(first.Type.Identifier.ValueText)
               select first.File.At(first.Type, $"{first.Type.Identifier} is open, but nothing derives from it");
    }

    private static IEnumerable<Offence> Vague(Repository repository) =>
        from file in repository.Sources
        from type in file.Nodes<MemberDeclarationSyntax>()
        where type is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && VagueName().IsMatch(NameOf(type))
        select file.At(type, $"{NameOf(type)} does not say what it is");

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax d ? d.Identifier.ValueText : ((BaseTypeDeclarationSyntax)type).Identifier.ValueText;

    private static string FullName(TypeDeclarationSyntax type) =>
        string.Join('.', type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Reverse().Select(t => $"{t.Identifier}{t.Arity}"));

    [GeneratedRegex("(Util|Helper|Manager)s?$")]
    private static partial Regex VagueName();
}
