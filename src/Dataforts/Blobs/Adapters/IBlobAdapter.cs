using System.Buffers;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>A place where blobs are kept: this store, a folder, memory, or whatever a host's callbacks reach.</summary>
/// <remarks>
/// <para><b>Who calls.</b> Readers of refs go through <see cref="BlobResolver"/>: it checks schemes and verifies what the adapter says it has
/// not. Whoever calls an adapter directly gets what it returns and, without <see cref="AdapterCapabilities.SelfVerifying"/>, has to hash it.</para>
/// <para><b>Threads.</b> An adapter lives long and takes any number of calls at once, on any thread. Members that return at once
/// (<see cref="Id"/>, <see cref="Schemes"/>, <see cref="Capabilities"/>) never change.</para>
/// <para><b>Claims.</b> <c>StoreAsync</c> verifies the ref before the first write: the length, a Small's hash, every chunk of a Manifest, a
/// Tree's root as <see cref="ClaimOptions"/> says. Content in memory is verified where it lies. A stream is verified on its way to a place
/// aside (memory up to <see cref="AdapterLimits.AsideMemoryBytes"/>, a nameless file beyond) and published from there: until then nothing of
/// it can be seen, and a wrong claim leaves nothing behind.</para>
/// <para><b>Idempotence.</b> Storing what is there, deleting what is not and every read can be repeated. The same blob stored by many at
/// once is stored once, or several times with the same bytes.</para>
/// <para><b>Ordering.</b> What a returned store call stored is found by every call that begins after it. Calls under way at the same time come in any
/// order; a fetch beside a delete gets all of the content or <see cref="ErrorKind.BlobNotFound"/>, never a part. A Tree's root is stored after all it
/// reaches.</para>
/// <para><b>Buffers.</b> Content given to a store call is borrowed until the call ends. What a fetch returns belongs to the caller, who disposes
/// it once and may read it on any thread until then. Nothing is copied where a buffer can be handed on.</para>
/// <para><b>Memory.</b> What a ref claims never sizes an allocation: a buffer is as large as what is really there.</para>
/// <para><b>Cancellation.</b> Every call honours its token. A store called off leaves the blob stored whole or not at all; chunks
/// without a root may stay behind, to be found by the next try.</para>
/// <para><b>Errors.</b> All are <see cref="DatafortsException"/>, but for <see cref="ArgumentException"/> (a programming error such as a range that is not
/// inside the blob) and <see cref="OperationCanceledException"/>. Kinds that another try cannot mend: <see cref="ErrorKind.ClaimMismatch"/> (the content is not
/// what the ref says), <see cref="ErrorKind.InvalidRequest"/>, <see cref="ErrorKind.Unsupported"/> (see the capabilities),
/// <see cref="ErrorKind.LimitExceeded"/>. Kinds about the state of things: <see cref="ErrorKind.BlobNotFound"/>, <see cref="ErrorKind.NoSpace"/>,
/// <see cref="ErrorKind.ReadOnly"/>, <see cref="ErrorKind.WriterFailed"/>, <see cref="ErrorKind.Io"/>; an <see cref="IntegrityException"/> says that what is
/// kept is wrong, so another holder may help. <see cref="DatafortsException.IsTransient"/> marks those for which waiting is enough. After a failed
/// store nothing of the blob is visible that was not before.</para>
/// </remarks>
public interface IBlobAdapter
{
    /// <summary>What the adapter is registered and metered under.</summary>
    string Id { get; }

    /// <summary>The URI schemes it takes, without the colon, compared case-sensitively; empty for any. A resolver routes by a scheme only
    /// to an adapter that lists it.</summary>
    IReadOnlyList<string> Schemes { get; }

    /// <summary>What it can do.</summary>
    AdapterCapabilities Capabilities { get; }

    /// <summary>Where its chunks and tree nodes can be read one by one, as they are found; null where only whole blobs can. A Tree from an adapter that is
    /// not trusted is read from here and from nowhere else.</summary>
    IChunkSource? Chunks { get; }

    /// <summary>Stores content that is said to be a blob's.</summary>
    /// <param name="blob">The claim.</param>
    /// <param name="content">All of the content. In one piece it is not copied.</param>
    /// <param name="claim">How a Tree was cut, and the durability.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether anything was newly stored.</returns>
    /// <exception cref="DatafortsException">As in the interface's remarks.</exception>
    ValueTask<bool> StoreAsync(BlobRef blob, ReadOnlySequence<byte> content, ClaimOptions claim, CancellationToken cancellationToken);

    /// <summary>Stores a stream, from its position to its end, that is said to hold a blob's content. It stays open and is read to one byte past what the ref
    /// declares at most. Its own errors are passed on.</summary>
    /// <inheritdoc cref="StoreAsync(BlobRef, ReadOnlySequence{byte}, ClaimOptions, CancellationToken)"/>
    ValueTask<bool> StoreAsync(BlobRef blob, Stream content, ClaimOptions claim, CancellationToken cancellationToken);

    /// <summary>Stores a stream that comes without a claim, hashing it once, and says which ref it got.</summary>
    /// <param name="content">Read from its position to its end; it stays open.</param>
    /// <param name="options">Shape, cutting, URI, durability; <see cref="ErrorKind.Unsupported"/> before the first byte is read where
    /// a capability is missing for what they ask.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The ref, with a URI that leads back to this adapter unless the options give one.</returns>
    ValueTask<PutResult> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken);

    /// <summary>Fetches a blob, or a range of it, into memory.</summary>
    /// <param name="blob">What to fetch. Its URI is not looked at: the hash is the address.</param>
    /// <param name="range">Inside the blob; an empty one may be answered without looking. Null for all, and the only value without
    /// <see cref="AdapterCapabilities.Ranges"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Exactly the bytes asked for, never fewer; the caller's to dispose.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the blob.</exception>
    /// <exception cref="DatafortsException">BlobNotFound; LimitExceeded: more than <see cref="BlobLimits.MaxBufferedReadBytes"/>, told before
    /// any reading; IntegrityException: what is kept is not what the ref says.</exception>
    ValueTask<OwnedBytes> FetchAsync(BlobRef blob, BlobRange? range, CancellationToken cancellationToken);

    /// <summary>Opens a blob as a stream; it ends where the ref says or throws. Needs <see cref="AdapterCapabilities.Streams"/>.</summary>
    /// <exception cref="DatafortsException">BlobNotFound, told before a stream is returned.</exception>
    ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken);

    /// <summary>Whether the blob is there, as far as can be told without reading its content. Leaves no trace.</summary>
    ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken);

    /// <summary>What is known of the blob without reading its content.</summary>
    /// <exception cref="DatafortsException">BlobNotFound.</exception>
    ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken);

    /// <summary>Deletes a blob. Needs <see cref="AdapterCapabilities.Delete"/>.</summary>
    /// <returns>Whether it was there.</returns>
    ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken);

    /// <summary>What is held, in no particular order; what is stored or deleted meanwhile may or may not appear. Needs
    /// <see cref="AdapterCapabilities.List"/>.</summary>
    /// <param name="prefix">Only addresses whose hex begins so; empty for all.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, CancellationToken cancellationToken);
}
