using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>A text file of the repository; C# is parsed once, when first asked for.</summary>
internal sealed class SourceFile(string path, string text)
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.None);

    private readonly Lazy<SyntaxTree> _tree = new(() => CSharpSyntaxTree.ParseText(text, ParseOptions, path));

    /// <summary>From the repository's root, with slashes.</summary>
    public string Path => path;

    public string Text => text;

    public string[] Lines { get; } = text.EndsWith('\n') ? text[..^1].Split('\n') : text.Split('\n');

    public SyntaxTree Tree => _tree.Value;

    public CompilationUnitSyntax Unit => Tree.GetCompilationUnitRoot();

    /// <summary>The folder, without a slash at its end.</summary>
    public string Folder => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";

    /// <summary>The types that stand in no other type.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes => Unit
        .DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>()
        .Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public IEnumerable<T> Nodes<T>()
        where T : SyntaxNode => Unit.DescendantNodes().OfType<T>();

    public Offence At(SyntaxNodeOrToken where, string what) =>
        new(path, Tree.GetLineSpan(where.Span).StartLinePosition.Line + 1, what);
}
