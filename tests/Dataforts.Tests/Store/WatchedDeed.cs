namespace Dataforts.Tests.Store;

/// <summary>What is done to a file or folder.</summary>
public enum WatchedDeed
{
    Open,
    Create,
    Move,
    Delete,
    FlushFolder,
    Read,
    Write,
    Flush,
    Close,
}
