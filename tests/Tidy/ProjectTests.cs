using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidy;

/// <summary>Projects refer to each other in the order of the house, and carry only what their users should have to take.</summary>
public sealed partial class ProjectTests
{
    /// <summary>Bottom up. Projects on one line do not refer to each other.</summary>
    private static readonly string[][] Order =
    [
        ["Dataforts.Formats"],
        ["Dataforts"],
        ["Dataforts.Nats"],
        ["Dataforts.Simulation", "Dataforts.Node", "Dataforts.Client"],
        ["Dataforts.Cli"],
    ];

    [Fact]
    public void Projects_refer_downward_and_carry_little() => Verdict.Clean(References(Repository.This));

    [Fact]
    public void Every_project_is_in_the_solution() => Verdict.Clean(Unlisted(Repository.This));

    [Fact]
    public void Bad_references_are_found()
    {
        Repository repository = Repository.Of(
            ("src/Dataforts.Formats/Dataforts.Formats.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PackageReference Include="Any" />
              <ProjectReference Include="../Dataforts/Dataforts.csproj" />
            </Project>
            """),
            ("src/Dataforts/Dataforts.csproj", """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <FrameworkReference Include="Microsoft.AspNetCore.App" />
              <PackageReference Include="NATS.Net" />
              <PackageReference Include="Microsoft.Data.Sqlite" />
              <ProjectReference Include="../Dataforts.Formats/Dataforts.Formats.csproj" />
            </Project>
            """),
            ("src/Dataforts.Client/Dataforts.Client.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ProjectReference Include="../Dataforts/Dataforts.csproj" />
            </Project>
            """),
            ("src/Dataforts.Attic/Dataforts.Attic.csproj", "<Project/>"));
        Verdict.Finds(
            References(repository),
            "src/Dataforts.Attic/Dataforts.Attic.csproj:1",
            "src/Dataforts.Client/Dataforts.Client.csproj:2",
            "src/Dataforts.Formats/Dataforts.Formats.csproj:2",
            "src/Dataforts.Formats/Dataforts.Formats.csproj:3",
            "src/Dataforts/Dataforts.csproj:1",
            "src/Dataforts/Dataforts.csproj:2",
            "src/Dataforts/Dataforts.csproj:3");
    }

    [Fact]
    public void A_project_outside_the_solution_is_found() =>
        Verdict.Finds(
            Unlisted(Repository.Of(("Dataforts.slnx", "<Solution/>"), ("src/A/A.csproj", "<Project/>"))), "src/A/A.csproj:1");

    private static IEnumerable<Offence> References(Repository repository)
    {
        foreach (SourceFile file in repository.Projects.Where(p => p.Path.StartsWith("src/", StringComparison.Ordinal)))
        {
            string project = Path.GetFileNameWithoutExtension(file.Path);
            int level = Level(project);
            if (level < 0) yield return new Offence(file.Path, 1, $"the project order does not name {project}");
            XDocument document = XDocument.Parse(file.Text, LoadOptions.SetLineInfo);
            if (project == "Dataforts" && (string?)document.Root!.Attribute("Sdk") != "Microsoft.NET.Sdk")
                yield return new Offence(file.Path, 1, "the library needs no other SDK");
            foreach (XElement element in document.Descendants())
                if (Objection(project, level, element.Name.LocalName, (string?)element.Attribute("Include") ?? "") is { } objection)
                    yield return new Offence(file.Path, ((System.Xml.IXmlLineInfo)element).LineNumber, objection);
        }
    }

    private static string? Objection(string project, int level, string kind, string include)
    {
        string target = Path.GetFileNameWithoutExtension(include.Replace('\\', '/'));
        return (project, kind) switch
        {
            ("Dataforts.Formats", "PackageReference" or "ProjectReference" or "FrameworkReference") => $"the formats stand alone, without {include}",
            ("Dataforts", "FrameworkReference") => $"the library does without {include}",
            ("Dataforts", "PackageReference") when HeavyPackage().IsMatch(include) => $"the library does without {include}",
            ("Dataforts.Client", "ProjectReference") when target != "Dataforts.Formats" => "the client depends on the formats alone",
            (_, "ProjectReference") when Level(target) < 0 || Level(target) >= level => $"{project} is not above {target}",
            _ => null,
        };
    }

    private static IEnumerable<Offence> Unlisted(Repository repository)
    {
        string solution = repository.Files.Single(f => f.Path == "Dataforts.slnx").Text;
        return from project in repository.Projects
               where !solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal)
               select new Offence(project.Path, 1, "not in Dataforts.slnx, so nothing builds or tests it");
    }

    private static int Level(string project) => Array.FindIndex(Order, line => line.Contains(project));

    [GeneratedRegex(@"^(Microsoft\.AspNetCore|NATS|RabbitMQ|Confluent|Apache|MQTTnet|StackExchange\.Redis|MassTransit|Grpc|Microsoft\.Orleans|Akka)\b")]
    private static partial Regex HeavyPackage();
}
