using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A root as the life cycle sees it.</summary>
/// <param name="Id">Which root it is.</param>
/// <param name="Ref">What it keeps.</param>
/// <param name="Reach">How far.</param>
/// <param name="MadeAtMs">Since when, Unix milliseconds.</param>
/// <param name="ExpiresAtMs">When it ends by itself, the same; 0 for never.</param>
internal readonly record struct RootState(RootId Id, BlobRef Ref, RootReach Reach, long MadeAtMs, long ExpiresAtMs)
{
    /// <summary>Whether it ends by itself.</summary>
    public bool IsPassing => ExpiresAtMs != 0;

    /// <summary>Until when it keeps: a name that ends gives what it stood for the grace period, a lease does not.</summary>
    public long KeepsUntilMs(long graceMs) => !IsPassing ? long.MaxValue : Id.Kind == Log.RecordKind.Name ? ExpiresAtMs + graceMs : ExpiresAtMs;

    /// <summary>Until when it keeps where no grace is given.</summary>
    public long KeepsAtLeastUntilMs => !IsPassing ? long.MaxValue : Id.IsGrace ? long.MinValue : ExpiresAtMs;
}
