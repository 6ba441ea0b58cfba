using Dataforts.Cli.Errors;
using Dataforts.Content;

namespace Dataforts.Cli.Tests;

/// <summary>The table from exceptions to kinds and exit codes.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(ErrorKind.StoreNotFound, 3)]
    [InlineData(ErrorKind.BlobNotFound, 3)]
    [InlineData(ErrorKind.NameNotFound, 3)]
    [InlineData(ErrorKind.PinNotFound, 3)]
    [InlineData(ErrorKind.Exists, 1)]
    [InlineData(ErrorKind.ChunkMissing, 4)]
    [InlineData(ErrorKind.ChunkCorrupt, 4)]
    [InlineData(ErrorKind.ChunkLength, 4)]
    [InlineData(ErrorKind.NodeInvalid, 4)]
    [InlineData(ErrorKind.StoreDamaged, 4)]
    [InlineData(ErrorKind.ClaimMismatch, 4)]
    [InlineData(ErrorKind.UnsupportedVersion, 4)]
    [InlineData(ErrorKind.LimitExceeded, 6)]
    [InlineData(ErrorKind.NoSpace, 6)]
    [InlineData(ErrorKind.StoreInUse, 7)]
    [InlineData(ErrorKind.ReadOnly, 1)]
    [InlineData(ErrorKind.WriterFailed, 1)]
    [InlineData(ErrorKind.Io, 1)]
    [InlineData(ErrorKind.InvalidRequest, 2)]
    [InlineData(ErrorKind.Unsupported, 2)]
    [InlineData(ErrorKind.Transient, 1)]
    [InlineData(ErrorKind.AdapterFailed, 1)]
    [InlineData(ErrorKind.AdapterNotRegistered, 3)]
    [InlineData(ErrorKind.SchemeNotAllowed, 5)]
    [InlineData(ErrorKind.WorkerNotFound, 3)]
    [InlineData(ErrorKind.WorkerPaused, 1)]
    public void A_kind_of_the_library_has_its_exit_code(ErrorKind kind, int exitCode)
    {
        Failure failure = Failure.Of(new DatafortsException(kind, "why"));
        Assert.Equal(new Failure(kind.ToString(), exitCode, "why"), failure);
    }

    [Fact]
    public void Every_other_exception_has_one_too()
    {
        const int LinuxNoSpace = 28;
        (Exception Error, string Kind, int ExitCode)[] table =
        [
            (new OperationCanceledException(), "Cancelled", 130),
            (new TaskCanceledException(), "Cancelled", 130),
            (new UnauthorizedAccessException(), "PermissionDenied", 5),
            (new IOException(), "Io", 1),
            (new ArgumentOutOfRangeException(), "InvalidArgument", 2),
            (new FormatException(), "InvalidArgument", 2),
            (new BrokenPipeException(), "BrokenPipe", 1),
            (CliException.PathNotFound("x"), "PathNotFound", 3),
            (new InvalidOperationException(), "Internal", 1),
            (Assert.Throws<NotARefException>(() => BlobRef.Decode([])), "NotARef", 2),
        ];
        foreach ((Exception error, string kind, int exitCode) in table)
            Assert.Equal((kind, exitCode), (Failure.Of(error).Kind, Failure.Of(error).ExitCode));
        if (!OperatingSystem.IsWindows()) Assert.Equal(6, Failure.Of(new IOException("full", LinuxNoSpace)).ExitCode);
    }

    [Fact]
    public void No_exit_code_is_missing_from_the_help()
    {
        int[] listed = [.. ExitCode.All.Select(entry => entry.Code)];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 130], listed);
    }
}
