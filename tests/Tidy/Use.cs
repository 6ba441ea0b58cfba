using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>A place where one shipped file names something that another one declares.</summary>
internal sealed record Use(SourceFile From, string ToPath, SyntaxNode Where, string Name)
{
    /// <summary>Every use across folders. Names in documentation comments do not count: they are not code.</summary>
    public static IEnumerable<Use> All(Repository repository)
    {
        ILookup<string, string> declaring = repository.Shipped
            .SelectMany(f => f.Nodes<BaseNamespaceDeclarationSyntax>().Select(n => (Namespace: n.Name.ToString(), f.Path)))
            .ToLookup(d => d.Namespace, d => d.Path);
        return repository.Shipped.SelectMany(file => Imports(file, declaring).Concat(Names(file, repository.Model(file))));
    }

    private static IEnumerable<Use> Imports(SourceFile file, ILookup<string, string> declaring) =>
        from directive in file.Nodes<UsingDirectiveSyntax>()
        let name = directive.Alias is null ? directive.Name?.ToString() : null
        where name is not null
        let home = declaring[name].FirstOrDefault()
        where home is not null && !declaring[name].Any(p => FolderOf(p) == file.Folder)
        select new Use(file, home, directive, name);

    private static IEnumerable<Use> Names(SourceFile file, SemanticModel model)
    {
        foreach (SimpleNameSyntax name in file.Nodes<SimpleNameSyntax>())
        {
            SymbolInfo found = model.GetSymbolInfo(name);
            ISymbol? symbol = found.Symbol ?? found.CandidateSymbols.FirstOrDefault();
            if (symbol is IAliasSymbol alias) symbol = alias.Target;
            ISymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            string? home = type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
            if (!string.IsNullOrEmpty(home) && FolderOf(home) != file.Folder)
                yield return new Use(file, home, name, type!.Name);
        }
    }

    public static string FolderOf(string path) => path[..path.LastIndexOf('/')];
}
