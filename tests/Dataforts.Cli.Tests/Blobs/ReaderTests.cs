using System.Runtime.Versioning;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Commands that read leave everything as it is.</summary>
public sealed class ReaderTests
{
    private static readonly string SomeRef = SmallRef.Create(BlobHash.Compute([]), 0).ToText();

    public static TheoryData<string> Reading =>
        ["get n", "cat n", "stat n", "ls", "pins", "verify", "verify --scrub", "store info", "worker list", $"get {SomeRef}", $"stat {SomeRef}"];

    [Theory]
    [MemberData(nameof(Reading))]
    [InlineData("rm n")]
    [InlineData("store rebuild")]
    public async Task Where_there_is_no_store_none_is_made(string command)
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(3, "StoreNotFound", command.Split(' '));
        await cli.FailsAsync(3, "StoreNotFound", ["--store", cli["below/nowhere"], .. command.Split(' ')]);
        Assert.Empty(cli.Listing());
        Directory.CreateDirectory(cli.StorePath);
        await cli.FailsAsync(3, "StoreNotFound", command.Split(' '));
        Assert.Single(cli.Listing());
    }

    [Theory]
    [InlineData("pin")]
    [InlineData("unpin")]
    [InlineData("name set n")]
    public async Task To_keep_a_ref_makes_no_store_either(string command)
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(3, "StoreNotFound", [.. command.Split(' '), SomeRef]);
        Assert.Empty(cli.Listing());
    }

    [Theory]
    [MemberData(nameof(Reading))]
    public async Task Nothing_in_a_store_changes(string command)
    {
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(60, 100_000), "--name", "n", "--as", "tree");
        await cli.PutAsync([]);
        foreach (bool hasIndex in (bool[])[true, false])
        {
            if (!hasIndex) File.Delete(Path.Combine(cli.StorePath, "names.sqlite"));
            string[] before = cli.Listing();
            // Whatever it says of a store without its index: it mends nothing.
            CliRun run = await cli.RunAsync(command.Split(' '));
            if (hasIndex) Assert.Equal(0, run.ExitCode);
            Assert.Equal(before, cli.Listing());
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_cannot_be_written_can_be_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test uses POSIX modes.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "The superuser may write to any folder.");
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(61, 100_000), "--name", "n");
        string[] folders = [cli.StorePath, cli.LogPath];
        foreach (string folder in folders) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            foreach (string command in (string[])["get n", "stat n", "ls", "pins", "verify", "store info"])
                Assert.Equal(0, (await cli.RunAsync(command.Split(' '))).ExitCode);
        }
        finally
        {
            foreach (string folder in folders) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_read_only_file_system_can_be_read()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess, "Only the superuser of a Linux can make one.");
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(62, 100_000), "--name", "n", "--as", "tree");
        // In a name space of its own, so that the mount is gone with the process.
        CliRun run = await cli.InMountNamespaceAsync(
            "mount --bind $DATAFORTS_STORE $DATAFORTS_STORE && mount -o remount,bind,ro $DATAFORTS_STORE || exit 77; "
            + "for c in 'get n' 'stat n' ls pins verify 'store info'; do cli $c > out || exit 1; done; cli put /dev/null; test $? -ne 0");
        Assert.SkipWhen(run.ExitCode == 77, "This system lets nobody mount.");
        Assert.True(run.ExitCode == 0, run.ErrorText);
    }
}
