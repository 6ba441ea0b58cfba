namespace Dataforts.Directories.Installing;

/// <summary>How far the replacement of a tree has come. The values are in journals.</summary>
internal enum InstallPhase : byte
{
    /// <summary>The new tree is being made beside the old one, or has changed places with it in one step: what lies aside is not wanted any more.</summary>
    Building = 0,

    /// <summary>The new tree is whole, and the two are being renamed one after the other: what lies aside may be the only copy of the old one.</summary>
    Switching = 1,
}
