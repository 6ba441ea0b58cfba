namespace Dataforts.Blobs.Adapters;

/// <summary>What an adapter can do beyond storing and fetching a Small whole. Asked before a call, so that nobody has to try and catch;
/// a call for which the flag is missing throws <see cref="ErrorKind.Unsupported"/> before it touches anything.</summary>
[Flags]
public enum AdapterCapabilities
{
    /// <summary>Smalls, stored and fetched whole from memory.</summary>
    None = 0,

    /// <summary>It keeps what it is given. Without this flag what was stored is not there afterwards.</summary>
    Keeps = 1 << 0,

    /// <summary>Manifests and Trees are stored and fetched as such, not only Smalls.</summary>
    ChunkedRefs = 1 << 1,

    /// <summary><see cref="IBlobAdapter.FetchAsync"/> takes a range and reads no more than the chunks it touches.</summary>
    Ranges = 1 << 2,

    /// <summary>Content comes and goes as a stream, of any length, in bounded memory.</summary>
    Streams = 1 << 3,

    /// <summary>Every byte handed out was hashed against the ref on its way out of the medium. It saves the resolver the second hash, and
    /// only where the host has registered the adapter as trusted.</summary>
    SelfVerifying = 1 << 4,

    /// <summary><see cref="IBlobAdapter.DeleteAsync"/> deletes.</summary>
    Delete = 1 << 5,

    /// <summary><see cref="IBlobAdapter.ListAsync"/> lists.</summary>
    List = 1 << 6,

    /// <summary><see cref="AdapterStat.StoredAt"/> is known.</summary>
    StatDetail = 1 << 7,

    /// <summary>What is stored with <see cref="Durability.Durable"/> is on stable storage when the call returns.</summary>
    Durable = 1 << 8,

    /// <summary><see cref="PutOptions.Name"/> and what goes with it are kept.</summary>
    Names = 1 << 9,

    /// <summary><see cref="PutOptions.Encoding"/> may be Reed-Solomon: blobs are stored as stripes with parity.</summary>
    Stripes = 1 << 10,
}
