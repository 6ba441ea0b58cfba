using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>What a host supplies to keep blobs in its own way, or in another language's. Each may be called on any thread, many at once.</summary>
/// <remarks>
/// <para>What is handed in is borrowed until the callback ends. What is handed out is an <see cref="OwnedBytes"/> with its own way to be released, so
/// another runtime's buffer need not be copied.</para>
/// <para>Errors: a <see cref="DatafortsException"/> is passed on as it is. <see cref="KeyNotFoundException"/> and the missing-file ones mean BlobNotFound,
/// <see cref="ArgumentException"/> and <see cref="FormatException"/> InvalidRequest, <see cref="NotSupportedException"/> Unsupported,
/// <see cref="TimeoutException"/> and a cancellation that nobody asked for Transient, <see cref="IOException"/> what the system said. All
/// others are AdapterFailed, unless <see cref="KindOf"/> knows better.</para>
/// </remarks>
public sealed record BlobCallbacks
{
    /// <summary>Keeps content that was found to be what its ref says. Repeating it is a success.</summary>
    public required Func<VerifiedContent, CancellationToken, ValueTask> Store { get; init; }

    /// <summary>Gives the content of a blob, or of the range where one is given; null when the blob is not there. Whoever resolves verifies
    /// the bytes.</summary>
    public required Func<BlobRef, BlobRange?, CancellationToken, ValueTask<OwnedBytes?>> Fetch { get; init; }

    /// <summary>Whether a blob is there.</summary>
    /// <value>Null: it is fetched to see.</value>
    public Func<BlobRef, CancellationToken, ValueTask<bool>>? Exists { get; init; }

    /// <summary>Deletes a blob, and says whether it was there.</summary>
    /// <value>Null: the adapter has no <see cref="AdapterCapabilities.Delete"/>.</value>
    public Func<BlobRef, CancellationToken, ValueTask<bool>>? Delete { get; init; }

    /// <summary>What is known of a blob; null when it is not there.</summary>
    /// <value>Null: the adapter has no <see cref="AdapterCapabilities.StatDetail"/>.</value>
    public Func<BlobRef, CancellationToken, ValueTask<AdapterStat?>>? Stat { get; init; }

    /// <summary>Lists what is held under addresses whose hex begins as given.</summary>
    /// <value>Null: the adapter has no <see cref="AdapterCapabilities.List"/>.</value>
    public Func<string, CancellationToken, IAsyncEnumerable<AdapterEntry>>? List { get; init; }

    /// <summary>Gives a chunk or a tree node by its address; null when it is not there.</summary>
    /// <value>Null: whole blobs only, so that no Tree can be resolved.</value>
    public Func<BlobHash, CancellationToken, ValueTask<OwnedBytes?>>? FetchChunk { get; init; }

    /// <summary>What kind of failure an exception of the host's stands for; null where it does not know.</summary>
    public Func<Exception, ErrorKind?>? KindOf { get; init; }

    /// <summary>What <see cref="Store"/> and <see cref="Fetch"/> can do beyond Smalls whole: <see cref="AdapterCapabilities.ChunkedRefs"/>,
    /// <see cref="AdapterCapabilities.Ranges"/>, <see cref="AdapterCapabilities.Durable"/>, <see cref="AdapterCapabilities.SelfVerifying"/>.</summary>
    public AdapterCapabilities Also { get; init; }

    /// <summary>Callbacks that block: each call runs on a thread of the pool.</summary>
    /// <param name="store">As <see cref="Store"/>.</param>
    /// <param name="fetch">As <see cref="Fetch"/>, without ranges.</param>
    /// <param name="exists">As <see cref="Exists"/>.</param>
    /// <param name="delete">As <see cref="Delete"/>.</param>
    public static BlobCallbacks OfBlocking(
        Action<VerifiedContent> store, Func<BlobRef, OwnedBytes?> fetch, Func<BlobRef, bool>? exists = null, Func<BlobRef, bool>? delete = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(fetch);
        return new BlobCallbacks
        {
            Store = (content, token) => new(Task.Run(() => store(content), token)),
            Fetch = (blob, _, token) => new(Task.Run(() => fetch(blob), token)),
            Exists = exists is null ? null : (blob, token) => new(Task.Run(() => exists(blob), token)),
            Delete = delete is null ? null : (blob, token) => new(Task.Run(() => delete(blob), token)),
        };
    }
}
