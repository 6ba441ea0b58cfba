namespace Dataforts.Lifecycle;

/// <summary>A worker as an operator sees it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Description">What it does.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Progress">How far its run is, or where the last one ended; null when it never ran.</param>
/// <param name="BytesPerSecond">The pace it keeps; null for none.</param>
/// <param name="LastError">What went wrong or was found in its last run, or is wrong with what is kept of it; null for nothing.</param>
/// <param name="LastRunAt">When its last run ended; null when none has.</param>
/// <param name="NextRunAt">When it is due; in the past when it is due now, null while it is paused.</param>
/// <param name="Runs">Runs that ended by themselves.</param>
/// <param name="Failures">How many runs in a row failed, up to the last one.</param>
public sealed record WorkerStatus(
    string Name, string Description, WorkerState State, WorkProgress? Progress, long? BytesPerSecond, string? LastError,
    DateTimeOffset? LastRunAt, DateTimeOffset? NextRunAt, long Runs, int Failures);
