using Dataforts.Content;

namespace Dataforts.Cli.Errors;

/// <summary>A failure as the caller gets it. <see cref="Of"/> is the one table from exceptions to kinds and exit codes.</summary>
/// <param name="Kind">One word that scripts may rely on.</param>
/// <param name="ExitCode">One of <see cref="Errors.ExitCode"/>.</param>
/// <param name="Message">For a person; may hold characters that have to be escaped before they are shown.</param>
internal sealed record Failure(string Kind, int ExitCode, string Message)
{
    public const string InvalidArgument = "InvalidArgument";
    public const string Decode = "Decode";
    public const string NotARef = "NotARef";
    public const string UnsupportedVersion = "UnsupportedVersion";

    /// <summary>Whether only scripts are told: a person has closed the output and knows.</summary>
    public bool IsSilent { get; init; }

    /// <summary>What <paramref name="error"/> means to the caller.</summary>
    public static Failure Of(Exception error) => error switch
    {
        CliException cli => new Failure(cli.Kind, cli.ExitCode, cli.Message),
        DatafortsException known => new Failure(known.Kind.ToString(), ExitCodeOf(known.Kind), known.Message),
        DecodeException { Reason: DecodeError.TreeTooDeep } => new Failure(nameof(ErrorKind.LimitExceeded), Errors.ExitCode.Limit, error.Message),
        BlobFormatException format => new Failure(KindOf(format), Errors.ExitCode.Usage, format.Message),
        OperationCanceledException => new Failure("Cancelled", Errors.ExitCode.Cancelled, "cancelled"),
        BrokenPipeException => new Failure("BrokenPipe", Errors.ExitCode.Other, error.Message) { IsSilent = true },
        UnauthorizedAccessException => new Failure("PermissionDenied", Errors.ExitCode.NotAuthorised, error.Message),
        IOException io when IsNoSpace(io) => new Failure(nameof(ErrorKind.NoSpace), Errors.ExitCode.Limit, io.Message),
        IOException => new Failure(nameof(ErrorKind.Io), Errors.ExitCode.Other, error.Message),
        ArgumentException or FormatException => new Failure(InvalidArgument, Errors.ExitCode.Usage, error.Message),
        _ => new Failure("Internal", Errors.ExitCode.Other, $"{error.GetType().Name}: {error.Message}"),
    };

    /// <summary>The word for bytes or values that do not obey the formats.</summary>
    public static string KindOf(BlobFormatException error) => error switch
    {
        NotARefException => NotARef,
        UnsupportedVersionException => UnsupportedVersion,
        _ => Decode,
    };

    private static int ExitCodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.StoreNotFound or ErrorKind.BlobNotFound or ErrorKind.NameNotFound or ErrorKind.PinNotFound
            or ErrorKind.AdapterNotRegistered or ErrorKind.EntryNotFound or ErrorKind.WorkerNotFound
            or ErrorKind.ChannelNotFound => Errors.ExitCode.NotFound,
        ErrorKind.ChunkMissing or ErrorKind.ChunkCorrupt or ErrorKind.ChunkLength or ErrorKind.NodeInvalid or ErrorKind.StoreDamaged
            or ErrorKind.ClaimMismatch or ErrorKind.UnsupportedVersion or ErrorKind.ManifestInvalid or ErrorKind.UnsafeEntry => Errors.ExitCode.Integrity,
        ErrorKind.LimitExceeded or ErrorKind.NoSpace => Errors.ExitCode.Limit,
        ErrorKind.StoreInUse => Errors.ExitCode.StoreInUse,
        ErrorKind.InvalidRequest or ErrorKind.Unsupported => Errors.ExitCode.Usage,
        ErrorKind.SchemeNotAllowed => Errors.ExitCode.NotAuthorised,
        _ => Errors.ExitCode.Other,
    };

    private static bool IsNoSpace(IOException error)
    {
        const int NoSpace = 28, LinuxQuota = 122, MacQuota = 69, WindowsDiskFull = 0x70, WindowsHandleDiskFull = 0x27;
        int code = error.HResult & 0xFFFF;
        return OperatingSystem.IsWindows()
            ? code is WindowsDiskFull or WindowsHandleDiskFull
            : code is NoSpace or LinuxQuota or MacQuota;
    }
}
