namespace Dataforts;

/// <summary>What went wrong, in one word that scripts may rely on. The set is open: new kinds may come.</summary>
public enum ErrorKind
{
    /// <summary>There is no store where one was looked for.</summary>
    StoreNotFound,

    /// <summary>Nothing of the blob is in the store.</summary>
    BlobNotFound,

    /// <summary>No such name.</summary>
    NameNotFound,

    /// <summary>The ref is not pinned.</summary>
    PinNotFound,

    /// <summary>The name is taken, and the call was not to replace it.</summary>
    Exists,

    /// <summary>A chunk that a ref or node speaks of is not there.</summary>
    ChunkMissing,

    /// <summary>A chunk's bytes do not hash to its address.</summary>
    ChunkCorrupt,

    /// <summary>A chunk is shorter or longer than its ref or node says.</summary>
    ChunkLength,

    /// <summary>A stored node does not decode, or contradicts the node or ref that led to it.</summary>
    NodeInvalid,

    /// <summary>A file of the store is damaged.</summary>
    StoreDamaged,

    /// <summary>A file of the store has a version that this program does not know.</summary>
    UnsupportedVersion,

    /// <summary>Bytes do not match what the caller claims of them.</summary>
    ClaimMismatch,

    /// <summary>A limit of docs/LIMITS.md is exceeded.</summary>
    LimitExceeded,

    /// <summary>The disk is full, or would be.</summary>
    NoSpace,

    /// <summary>Another process writes to the store.</summary>
    StoreInUse,

    /// <summary>The store is open for reading only, or lies on a read-only file system.</summary>
    ReadOnly,

    /// <summary>An earlier write or flush failed; what was acknowledged is safe, nothing more is taken.</summary>
    WriterFailed,

    /// <summary>The operating system refused a read or write for another reason.</summary>
    Io,

    /// <summary>The request contradicts itself or lacks what it needs; repeating it changes nothing.</summary>
    InvalidRequest,

    /// <summary>An adapter cannot do what is asked of it, as its capabilities say; another one might.</summary>
    Unsupported,

    /// <summary>It failed now and may work later: a time-out, a peer that is away.</summary>
    Transient,

    /// <summary>A host's callback failed and did not say how. Whether it will do so again is not known.</summary>
    AdapterFailed,

    /// <summary>No adapter is registered under the id, or none takes the ref's scheme.</summary>
    AdapterNotRegistered,

    /// <summary>The ref's scheme is not one that the caller allows, or not one that the adapter takes. Nothing was read.</summary>
    SchemeNotAllowed,

    /// <summary>A directory manifest does not decode, or the blob is none.</summary>
    ManifestInvalid,

    /// <summary>An entry of a directory manifest must not be written anywhere. Nothing was.</summary>
    UnsafeEntry,

    /// <summary>A directory tree has nothing at the path.</summary>
    EntryNotFound,

    /// <summary>A file changed while it was read; another try may meet it at rest.</summary>
    FileChanged,

    /// <summary>Another run is putting a tree in the same place.</summary>
    DestinationInUse,

    /// <summary>There is no worker of that name.</summary>
    WorkerNotFound,

    /// <summary>The worker is paused, or was paused while it ran; what it did stays done.</summary>
    WorkerPaused,

    /// <summary>There is no channel of that name.</summary>
    ChannelNotFound,

    /// <summary>An append expected another number than its event would have got. Nothing was appended.</summary>
    SequenceMismatch,

    /// <summary>The channel is appended to by somebody else in this process.</summary>
    ChannelInUse,
}
