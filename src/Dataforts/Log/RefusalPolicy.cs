namespace Dataforts.Log;

/// <summary>When a device that refuses writes counts as failing. No clock: times in, verdict out.</summary>
internal static class RefusalPolicy
{
    /// <summary>Whether a refusal tells something of the device's health. A full disk, or a file that may not grow, does not.</summary>
    public static bool Counts(ErrorKind kind) => kind is ErrorKind.Io or ErrorKind.ReadOnly or ErrorKind.WriterFailed;

    /// <summary>Whether the device is failing: so many refusals lie within the window before now.</summary>
    /// <param name="refusedAt">When it refused, in any order.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many make it so; null for any number.</param>
    /// <param name="window">How long a refusal counts.</param>
    public static bool IsFailing(IReadOnlyList<DateTimeOffset> refusedAt, DateTimeOffset now, int? limit, TimeSpan window)
    {
        if (limit is not { } most) return false;
        int recent = 0;
        foreach (DateTimeOffset at in refusedAt)
        {
            if (now - at <= window) recent++;
        }
        return recent >= most;
    }
}
