namespace Dataforts.Cli.Errors;

/// <summary>What the process tells its caller. Scripts rely on these numbers.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Other = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Integrity = 4;
    public const int NotAuthorised = 5;
    public const int Limit = 6;
    public const int StoreInUse = 7;
    public const int Cancelled = 130;

    /// <summary>Code and meaning, for help texts.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> All { get; } =
    [
        (Ok, "done"),
        (Other, "another error"),
        (Usage, "usage: an option, REF or NAME that does not parse, a range outside the blob"),
        (NotFound, "not found: REF, NAME, input PATH or store"),
        (Integrity, "integrity: stored or received bytes are wrong, undecodable or partly missing"),
        (NotAuthorised, "not authorised"),
        (Limit, "a limit is exceeded or there is no space"),
        (StoreInUse, "another process writes to the store"),
        (Cancelled, "cancelled"),
    ];
}
