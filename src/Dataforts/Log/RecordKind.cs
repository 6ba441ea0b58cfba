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
}
