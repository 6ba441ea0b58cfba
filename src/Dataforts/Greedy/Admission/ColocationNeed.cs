namespace Dataforts.Greedy.Admission;

/// <summary>What holding another chain counts for.</summary>
internal enum ColocationNeed
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It raises or lowers the priority.</summary>
    Prefer,

    /// <summary>It must be held.</summary>
    Must,
}
