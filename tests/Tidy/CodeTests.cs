using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy;

/// <summary>Errors are not swallowed, threads are not blocked unsaid, waits can be cancelled.</summary>
public sealed partial class CodeTests
{
    [Fact]
    public void No_error_is_caught_and_forgotten() => Verdict.Clean(EmptyCatches(Repository.This));

    [Fact]
    public void Blocking_on_a_task_says_why() => Verdict.Clean(Blocking(Repository.This));

    [Fact]
    public void Public_async_methods_end_in_Async_and_take_a_token_last() => Verdict.Clean(Asynchronous(Repository.This));

    [Fact]
    public void An_empty_catch_is_found() =>
        Verdict.Finds(
            EmptyCatches(Repository.Of(("src/A.cs", """
            try { } catch (Exception) { /* any error at all */ }
            try { } catch (IOException) { }
            try { } catch (IOException) { /* the caller remakes it */ }
            try { } catch { throw; }
            try { } catch { // all
            }
            """))),
            "src/A.cs:1",
            "src/A.cs:2",
            "src/A.cs:5");

    [Fact]
    public void Blocking_without_a_reason_is_found() =>
        Verdict.Finds(
            Blocking(Repository.Of(("src/A.cs", """
            Task<int> task = Task.FromResult(1);
            int a = task.Result;
            task.Wait();
            task.GetAwaiter().GetResult();
            Task.WaitAll(task);
            new SemaphoreSlim(1).Wait();
            // blocking: the caller is synchronous
            task.Wait();
            task.Wait(); // blocking: at the end of the process
            // blocking:
            task.Wait();
            int b = new Own().Result;
            class Own { public int Result => 1; }
            """))),
            "src/A.cs:2",
            "src/A.cs:3",
            "src/A.cs:4",
            "src/A.cs:5",
            "src/A.cs:6",
            "src/A.cs:11");

    [Fact]
    public void A_method_without_Async_or_token_is_found() =>
        Verdict.Finds(
            Asynchronous(Repository.Of(("src/A.cs", """
            public sealed class A : IAsyncDisposable, IOwn {
              public Task Go(CancellationToken c) => null;
              public ValueTask<int> StayAsync() => default;
              public Task FirstAsync(CancellationToken c, int n) => null;
              public Task GoodAsync(int n, CancellationToken c = default) => null;
              public ValueTask DisposeAsync() => default;
              public override Task Inherited() => null;
              Task Hidden() => null;
              public static async Task<int> Main(string[] args) => 0;
              public Task Own() => null;
            }
            interface IOwn {
              Task Own();
            }
            """))),
            "src/A.cs:2",
            "src/A.cs:3",
            "src/A.cs:4",
            "src/A.cs:10",
            "src/A.cs:13");

    private static IEnumerable<Offence> EmptyCatches(Repository repository) =>
        from file in repository.Sources
        from clause in file.Nodes<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0 && !SaysWhy(clause)
        select file.At(clause, "an error is caught and forgotten");

    /// <summary>Doing nothing may be right for one kind of error, where a comment in the block says why.</summary>
    private static bool SaysWhy(CatchClauseSyntax clause) =>
        clause.Declaration?.Type.ToString() is not (null or "Exception" or "System.Exception" or "object")
        && clause.Block.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia));

    private static IEnumerable<Offence> Blocking(Repository repository)
    {
        foreach (SourceFile file in repository.Shipped)
            foreach (MemberAccessExpressionSyntax access in file.Nodes<MemberAccessExpressionSyntax>())
            {
                if (!BlockingName().IsMatch(access.Name.Identifier.ValueText)) continue;
                SymbolInfo found = repository.Model(file).GetSymbolInfo(access);
                ISymbol? symbol = found.Symbol ?? found.CandidateSymbols.FirstOrDefault();
                string home = symbol?.ContainingNamespace?.ToDisplayString() ?? "";
                Offence offence = file.At(access.Name, $".{access.Name} blocks a thread without a '// blocking: reason'");
                bool says = Reason().IsMatch(file.Lines[offence.Line - 1])
                    || (offence.Line > 1 && ReasonAlone().IsMatch(file.Lines[offence.Line - 2]));
                if (!says && (home.StartsWith("System.Threading", StringComparison.Ordinal) || home == "System.Runtime.CompilerServices"))
                    yield return offence;
            }
    }

    private static IEnumerable<Offence> Asynchronous(Repository repository)
    {
        foreach (SourceFile file in repository.Shipped)
            foreach (MethodDeclarationSyntax method in file.Nodes<MethodDeclarationSyntax>())
            {
                if (!AwaitableType().IsMatch(method.ReturnType.ToString())) continue;
                if (repository.Model(file).GetDeclaredSymbol(method) is not { } symbol) continue;
                if (symbol.DeclaredAccessibility != Accessibility.Public || symbol.IsOverride || symbol.Name == "Main" || IsForeign(symbol)) continue;
                if (!symbol.Name.EndsWith("Async", StringComparison.Ordinal))
                    yield return file.At(method.Identifier, $"{symbol.Name} does not end in Async");
                if (IsVisibleOutside(symbol) && symbol.Parameters.LastOrDefault()?.Type.Name != "CancellationToken")
                    yield return file.At(method.Identifier, $"{symbol.Name} does not take a CancellationToken last");
            }
    }

    private static bool IsVisibleOutside(ISymbol symbol)
    {
        for (INamedTypeSymbol? type = symbol.ContainingType; type is not null; type = type.ContainingType)
            if (type.DeclaredAccessibility != Accessibility.Public) return false;
        return true;
    }

    /// <summary>Whether somebody else's interface gave the method its shape.</summary>
    private static bool IsForeign(IMethodSymbol method) =>
        method.ContainingType.AllInterfaces
            .Where(i => i.DeclaringSyntaxReferences.IsEmpty)
            .SelectMany(i => i.GetMembers(method.Name))
            .Any(m => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(m), method));

    [GeneratedRegex("^(Result|Wait|WaitAll|WaitAny|WaitOne|GetResult)$")]
    private static partial Regex BlockingName();

    [GeneratedRegex(@"//\s*blocking:\s*\S")]
    private static partial Regex Reason();

    [GeneratedRegex(@"^\s*//\s*blocking:\s*\S")]
    private static partial Regex ReasonAlone();

    [GeneratedRegex(@"^([\w.]+\.)?(Value)?Task(<.*>)?\??$", RegexOptions.Singleline)]
    private static partial Regex AwaitableType();
}
