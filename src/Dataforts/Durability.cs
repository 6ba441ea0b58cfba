namespace Dataforts;

/// <summary>What a write has reached when it is acknowledged.</summary>
public enum Durability
{
    /// <summary>The memory of the process: may go with it. For events only.</summary>
    Volatile = 0,

    /// <summary>The operating system's cache: survives the death of the process, not of the machine.</summary>
    Buffered = 1,

    /// <summary>Stable storage: survives the loss of power.</summary>
    Durable = 2,
}
