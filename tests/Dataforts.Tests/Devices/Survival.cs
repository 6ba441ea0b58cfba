namespace Dataforts.Tests.Devices;

/// <summary>What a loss of power leaves of that which was not flushed.</summary>
internal enum Survival
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>All of it.</summary>
    Everything,

    /// <summary>What chance leaves: some writes, parts of writes, some entries of folders, some lengths.</summary>
    Some,
}
