namespace Tidy;

/// <summary>Nothing refers upward, neighbours leave each other alone, and no two folders need each other.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Nothing_refers_upward_or_sideways() => Verdict.Clean(Upward(Repository.This));

    [Fact]
    public void No_two_folders_need_each_other() => Verdict.Clean(Circles(Repository.This));

    [Fact]
    public void An_upward_and_a_sideways_reference_and_a_nameless_room_are_found()
    {
        Repository repository = Repository.Of(
            ("src/Dataforts.Formats/Hashing/A.cs", "namespace Dataforts.Hashing;\nclass A { object x =\n Dataforts.Store.S.Make(); }"),
            ("src/Dataforts.Formats/Content/C.cs", "using Dataforts.Hashing;\nnamespace Dataforts.Content;\nclass C { A a;\n object o = new D(); }"),
            ("src/Dataforts.Formats/Content/I.cs", "using Dataforts.Chunking;\nnamespace Dataforts.Content;\nclass I { void M() => new C(); }"),
            ("src/Dataforts.Formats/Chunking/D.cs", "namespace Dataforts.Chunking;\nclass D;"),
            ("src/Dataforts/Store/S.cs", "namespace Dataforts.Store;\nclass S { public static D Make() => null; }"),
            ("src/Dataforts/Attic/Z.cs", "namespace Dataforts.Attic;\nclass Z;"),
            ("src/Dataforts.Cli/Y.cs", "using Dataforts.Store;\nnamespace Dataforts.Cli;\nclass Y { S s; }"));
        Verdict.Finds(
            Upward(repository),
            "src/Dataforts.Formats/Hashing/A.cs:3",
            "src/Dataforts.Formats/Content/I.cs:1",
            "src/Dataforts/Attic/Z.cs:1");
    }

    [Fact]
    public void A_circle_is_found()
    {
        Repository repository = Repository.Of(
            ("src/Dataforts.Cli/X/A.cs", "namespace Dataforts.Cli.X;\nclass A {\n Y.B b; }"),
            ("src/Dataforts.Cli/Y/B.cs", "namespace Dataforts.Cli.Y;\nclass B {\n Z.C c; }"),
            ("src/Dataforts.Cli/Z/C.cs", "namespace Dataforts.Cli.Z;\nclass C {\n X.A a; }"),
            ("src/Dataforts.Cli/P.cs", "namespace Dataforts.Cli;\nclass P {\n X.A a; }"));
        Verdict.Finds(Circles(repository), "src/Dataforts.Cli/X/A.cs:3", "src/Dataforts.Cli/Y/B.cs:3", "src/Dataforts.Cli/Z/C.cs:3");
    }

    private static IEnumerable<Offence> Upward(Repository repository)
    {
        foreach (SourceFile file in repository.Shipped)
            if (Room.Level(Room.Of(file.Path)) < 0 && file.TopLevelTypes.Any())
                yield return new Offence(file.Path, 1, $"the layer order does not name the room '{Room.Of(file.Path)}'");
        foreach (Use use in repository.Uses)
            if (Room.Objection(Room.Of(use.From.Path), Room.Of(use.ToPath)) is { } objection)
                yield return use.From.At(use.Where, $"uses {use.Name}, but {objection}");
    }

    private static IEnumerable<Offence> Circles(Repository repository)
    {
        IReadOnlyList<Use> uses = repository.Uses;
        ILookup<string, string> needs = uses.ToLookup(u => u.From.Folder, u => Use.FolderOf(u.ToPath));
        return from use in uses
               group use by (From: use.From.Folder, To: Use.FolderOf(use.ToPath)) into link
               where Reaches(needs, link.Key.To, link.Key.From)
               let first = link.First()
               select first.From.At(
                   first.Where,
                   $"uses {first.Name} of {link.Key.To}, which in the end needs {link.Key.From} ({link.Count()} such uses)");
    }

    private static bool Reaches(ILookup<string, string> needs, string from, string target)
    {
        HashSet<string> seen = [from];
        Queue<string> open = new([from]);
        while (open.TryDequeue(out string? folder))
        {
            if (folder == target) return true;
            foreach (string next in needs[folder].Where(seen.Add)) open.Enqueue(next);
        }
        return false;
    }
}
