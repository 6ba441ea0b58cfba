using System.Diagnostics;
using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary><c>demo</c>: the first thing a stranger runs.</summary>
public sealed class DemoCommandTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_shows_its_steps_and_leaves_nothing_behind(bool json)
    {
        using var folder = new TempFolder();
        var variables = new Dictionary<string, string?> { ["TMPDIR"] = folder.Path, ["DATAFORTS_STORE"] = folder["store"], ["HOME"] = folder["home"] };
        var watch = Stopwatch.StartNew();
        CliRun run = await Running.Cli.RunProcessAsync(variables, "", json ? ["demo", "--json"] : ["demo"]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        // Ten seconds are promised of an idle machine.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 60);
        if (json)
        {
            JsonElement[] steps = [.. run.OutputLines.Select((_, i) => run.JsonLine(i))];
            Assert.Equal(0, steps.Single(step => step.Text("step") == "again").Number("storedBytes"));
            JsonElement edited = steps.Single(step => step.Text("step") == "edited");
            Assert.InRange(edited.Number("storedBytes"), 1, edited.Number("bytes") / 10);
            Assert.All(steps.Where(step => step.TryGetProperty("good", out _)), step => Assert.True(step.GetProperty("good").GetBoolean()));
        }
        else
        {
            Assert.Contains("df1-", run.OutputText, StringComparison.Ordinal);
            Assert.All(run.OutputLines, line => Assert.InRange(line.Length, 0, 120));
        }
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(folder.Path), path => path.Contains("dataforts", StringComparison.OrdinalIgnoreCase));
        Assert.False(Directory.Exists(folder["store"]));
        Assert.False(Directory.Exists(folder["home"]));
    }
}
