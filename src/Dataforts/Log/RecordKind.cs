namespace Dataforts.Log;

/// <summary>What a record of the log holds. Values are on disk and never change.</summary>
internal enum RecordKind : byte
{
    /// <summary>Space that recovery gave up: skipped by everyone.</summary>
    Void = 0,

    /// <summary>A chunk; its hash is its address.</summary>
    Chunk = 1,

    /// <summary>A name set or removed.</summary>
    Name = 2,

    /// <summary>A pin set or removed.</summary>
    Pin = 3,

    /// <summary>The BLAKE3 of a whole blob, kept beside its root.</summary>
    ContentHash = 4,

    /// <summary>Says how far the log was on stable storage when it was written (<see cref="FlushMark"/>). Since version 2.</summary>
    Flushed = 5,

    /// <summary>Says that a segment's bytes from some place on do not count: the device refused them (<see cref="FlushMark"/>). Since version 2.</summary>
    Abandoned = 6,

    /// <summary>Chunks that were removed: their hashes, one behind the other. Since version 2.</summary>
    Removal = 7,

    /// <summary>A further copy of a chunk, apart from the others; its hash is the chunk's. Since version 2.</summary>
    Copy = 8,

    /// <summary>A lease set or ended: what keeps a blob for an owner, or for a while. Since version 2.</summary>
    Lease = 9,

    /// <summary>Events of one channel that follow each other; the place of the hash says which (<see cref="EventSlot"/>). Since version 3.</summary>
    Events = 10,

    /// <summary>A channel made, or what is kept of it changed. Since version 3.</summary>
    Channel = 11,
}
