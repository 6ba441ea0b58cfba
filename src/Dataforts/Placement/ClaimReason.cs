namespace Dataforts.Placement;

/// <summary>Why a node says that it holds a chain. It says so while there is any reason.</summary>
[Flags]
internal enum ClaimReason
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It publishes it.</summary>
    Own = 1,

    /// <summary>It cached what flowed past.</summary>
    Greedy = 2,

    /// <summary>It pulled a copy.</summary>
    Copy = 4,
}
