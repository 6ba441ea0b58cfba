using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tidy;

/// <summary>What the rules look at: the working tree less what .gitignore names, or a few files made up for a rule's own test.</summary>
internal sealed partial class Repository
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly Lazy<Repository> Loaded = new(Load);

    private readonly Lazy<CSharpCompilation> _compilation;
    private readonly ConcurrentDictionary<SourceFile, SemanticModel> _models = new();
    private readonly Lazy<IReadOnlyList<Use>> _uses;

    private Repository(IEnumerable<string> paths, IEnumerable<SourceFile> files)
    {
        Files = [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
        Paths = paths.ToHashSet(StringComparer.Ordinal);
        Sources = [.. Files.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal))];
        _compilation = new(Compile);
        _uses = new(() => [.. Use.All(this)]);
    }

    /// <summary>The repository that this test stands in, read once.</summary>
    public static Repository This => Loaded.Value;

    /// <summary>Every text file.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Every file and folder, binary files too.</summary>
    public IReadOnlySet<string> Paths { get; }

    /// <summary>Every C# file.</summary>
    public IReadOnlyList<SourceFile> Sources { get; }

    /// <summary>The C# files that ship.</summary>
    public IEnumerable<SourceFile> Shipped => Sources.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal));

    /// <summary>The project files.</summary>
    public IEnumerable<SourceFile> Projects => Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal));

    public static Repository Of(params (string Path, string Text)[] files) =>
        new(files.Select(f => f.Path), files.Select(f => new SourceFile(f.Path, f.Text)));

    /// <summary>What the names in a shipped file stand for. Packages are not resolved, only the framework and our own types.</summary>
    public SemanticModel Model(SourceFile file) => _models.GetOrAdd(file, f => _compilation.Value.GetSemanticModel(f.Tree));

    /// <summary>Every place where shipped code uses another folder.</summary>
    public IReadOnlyList<Use> Uses => _uses.Value;

    private static Repository Load()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Dataforts.slnx")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("No Dataforts.slnx above the test program.");
        HashSet<string> ignored = [".git"];
        foreach (string line in File.ReadLines(Path.Combine(root, ".gitignore")))
            if (line.EndsWith('/')) ignored.Add(line.Trim('/'));

        List<string> paths = [];
        List<SourceFile> files = [];
        Visit(root, "");
        return new Repository(paths, files);

        void Visit(string folder, string prefix)
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (ignored.Contains(entry.Name)) continue;
                string path = prefix + entry.Name;
                paths.Add(path);
                if (entry is DirectoryInfo { LinkTarget: null }) Visit(entry.FullName, path + "/");
                else if (entry is FileInfo && ReadText(entry.FullName) is { } text) files.Add(new SourceFile(path, text));
            }
        }
    }

    private static string? ReadText(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return bytes.Contains((byte)0) ? null : Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private CSharpCompilation Compile()
    {
        var platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        IEnumerable<MetadataReference> references = platform.Split(Path.PathSeparator)
            .Where(p => FrameworkAssembly().IsMatch(Path.GetFileName(p)))
            .Select(p => MetadataReference.CreateFromFile(p));
        return CSharpCompilation.Create(
            "Shipped",
            [.. Shipped.Select(f => f.Tree), CSharpSyntaxTree.ParseText(ImplicitUsings, SourceFile.ParseOptions)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true));
    }

    [GeneratedRegex(@"^(System\.(?!CommandLine)[\w.]*|netstandard|mscorlib|Microsoft\.Win32\.Primitives)\.dll$")]
    private static partial Regex FrameworkAssembly();
}
