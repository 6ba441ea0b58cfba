namespace Dataforts.Greedy.Admission;

/// <summary>What the wish to be where another chain is counts for.</summary>
public enum ColocationPolicy
{
    /// <summary>A strict wish must be met; a soft one raises the priority when it is met and lowers it when it is not.</summary>
    SoftPreference,

    /// <summary>A soft wish must be met like a strict one.</summary>
    StrictRequired,

    /// <summary>Wishes are not looked at.</summary>
    Ignore,
}
