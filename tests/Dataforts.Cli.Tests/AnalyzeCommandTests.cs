using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests;

public sealed class AnalyzeCommandTests
{
    [Fact]
    public async Task What_is_predicted_is_what_put_stores()
    {
        using var folder = new TempFolder();
        byte[] first = SpecRandom.Bytes(1, 3_000_000);
        byte[] second = [.. first.AsSpan(0, 1_000_000), .. SpecRandom.Bytes(2, 500), .. first.AsSpan(1_000_000)];
        Directory.CreateDirectory(folder["in/deep"]);
        await File.WriteAllBytesAsync(folder["in/a"], first, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["in/deep/b"], second, TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("--json", "analyze", folder["in"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(9, run.OutputLines.Length);
        for (int i = 0; i < run.OutputLines.Length; i++)
        {
            JsonElement forecast = run.JsonLine(i);
            string profile = forecast.GetProperty("profile").GetString()!;
            long unique = 0;
            long size = 0;
            foreach (string path in (string[])["in/a", "in/deep/b"])
            {
                CliRun put = await Running.Cli.RunAsync(
                    "--json", "--store", folder["store" + i], "put", folder[path], "--chunking", profile);
                size += put.Json.GetProperty("size").GetInt64();
                unique += put.Json.GetProperty("size").GetInt64() - put.Json.GetProperty("dedupedBytes").GetInt64();
            }
            Assert.Equal(size, forecast.GetProperty("inputBytes").GetInt64());
            Assert.Equal(unique, forecast.GetProperty("uniqueBytes").GetInt64());
            Assert.Equal(profile == ChunkingProfile.Default.ToString(), forecast.GetProperty("default").GetBoolean());
            Assert.Equal(
                DedupAnalysis.IndexBytesPerChunk * forecast.GetProperty("chunks").GetInt64(), forecast.GetProperty("indexBytes").GetInt64());
            CliRun info = await Running.Cli.RunAsync("--json", "--store", folder["store" + i], "store", "info");
            Assert.Equal(info.Json.GetProperty("chunks").GetInt64(), forecast.GetProperty("chunks").GetInt64());
            // A put without a name that met what was there is given time by a record of its own.
            long predicted = forecast.GetProperty("uniqueBytes").GetInt64() + forecast.GetProperty("metadataBytes").GetInt64();
            Assert.InRange(info.Json.GetProperty("diskBytes").GetInt64() - 64 - predicted, 0, 256);
        }
    }

    [Fact]
    public async Task The_profile_of_a_new_store_is_marked_for_people()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["a"], SpecRandom.Bytes(1, 1000), TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("analyze", folder["a"]);
        Assert.Equal(0, run.ExitCode);
        string marked = Assert.Single(run.OutputLines, line => line.Contains('*', StringComparison.Ordinal));
        Assert.StartsWith($"{ChunkingProfile.Default} *", marked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_leads_nowhere_exits_3()
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "analyze", folder["nothing"]);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("PathNotFound", run.ErrorKind);
    }
}
