using System.IO.Pipelines;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Blobs in a store on disk: put a stream, get a ref; open the ref, get the same bytes, verified.</summary>
/// <remarks>
/// <para>Thread-safe. Make one per folder and process and dispose it: that closes the store and lets another process write.</para>
/// <para>A blob that no name or pin keeps may be collected after a grace period.</para>
/// </remarks>
public sealed partial class BlobStore : IAsyncDisposable
{
    private static readonly PutOptions Plain = new();

    private readonly TreeNodeCache _nodes = new();
    private readonly BlobWriter _writer;
    private readonly BlobReader _reader;

    private BlobStore(ChunkStore chunks)
    {
        Chunks = chunks;
        _writer = new BlobWriter(chunks, chunks.Profile);
        _reader = new BlobReader(chunks, _nodes);
    }

    /// <summary>How long a blob that nothing keeps is safe from collection by default: 24 hours.</summary>
    public static TimeSpan GracePeriod { get; } = StoreLimits.DefaultGracePeriod;

    /// <summary>The chunks, names and pins underneath.</summary>
    public ChunkStore Chunks { get; }

    /// <summary>Told what is read through this store; nobody when null. A read under way keeps the one it began with.</summary>
    public IReadHeat? Heat
    {
        get => _reader.Heat;
        set => _reader.Heat = value;
    }

    /// <summary>Opens a store, or makes one.</summary>
    /// <inheritdoc cref="ChunkStore.OpenAsync"/>
    public static async Task<BlobStore> OpenAsync(StoreOptions options, CancellationToken cancellationToken = default) =>
        new(await ChunkStore.OpenAsync(options, cancellationToken).ConfigureAwait(false));

    /// <summary>Stores a stream from its position to its end, gives it the name asked for, and waits for the durability asked for.</summary>
    /// <param name="content">What to store; it stays open.</param>
    /// <param name="options">Shape, cutting, URI, name and durability.</param>
    /// <param name="progress">Told as chunks are stored.</param>
    /// <param name="cancellationToken">Ends the run; what was stored by then stays as unreferenced chunks, so that a second try finds it.</param>
    /// <exception cref="DatafortsException">Exists: the name is taken and was not to be replaced; nothing was stored unless
    /// another took the name meanwhile. LimitExceeded, NoSpace, ReadOnly, Io: no name was set; and nothing was stored of content longer than one
    /// chunk whose length is known and that does not fit <see cref="StoreOptions.CapacityBytes"/> or the disk. WriterFailed: the device refused the flush,
    /// and whether the blob and its name survive a loss of power is not known.</exception>
    /// <exception cref="ArgumentException">Options that contradict each other, a bad name, an empty Manifest or Tree; nothing was stored.</exception>
    /// <exception cref="DecodeException">The URI does not fit a ref; nothing was stored.</exception>
    public async Task<PutResult> PutAsync(
        Stream content, PutOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= Plain;
        CheckName(options);
        ArgumentNullException.ThrowIfNull(content);
        using RoomClaim? room = ClaimRoom(content.CanSeek ? Math.Max(0, content.Length - content.Position) : null, options);
        using PutSession session = BeginPut();
        PutResult result = await _writer.PutAsync(content, options, Spending(room, progress), cancellationToken).ConfigureAwait(false);
        using PutSession late = BeginLatePut();
        return await FinishAsync(result, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores bytes in memory; what fits one chunk goes the shortest way, on the caller's own thread.</summary>
    /// <param name="content">What to store; not to be changed until the call ends.</param>
    /// <param name="options">As for a stream.</param>
    /// <param name="progress">Told as chunks are stored.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <inheritdoc cref="PutAsync(Stream, PutOptions?, IProgress{BlobProgress}?, CancellationToken)"/>
    public async Task<PutResult> PutAsync(
        ReadOnlyMemory<byte> content, PutOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= Plain;
        CheckName(options);
        using RoomClaim? room = ClaimRoom(content.Length, options);
        using PutSession session = BeginPut();
        PutResult result = await _writer.PutAsync(content, options, Spending(room, progress), cancellationToken).ConfigureAwait(false);
        return await FinishAsync(result, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores what a pipe delivers and completes the reader.</summary>
    /// <inheritdoc cref="PutAsync(Stream, PutOptions?, IProgress{BlobProgress}?, CancellationToken)"/>
    public async Task<PutResult> PutAsync(
        PipeReader content, PutOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        Stream stream = content.AsStream();
        await using (stream.ConfigureAwait(false))
            return await PutAsync(stream, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a blob as a stream that can seek.</summary>
    /// <exception cref="DatafortsException">BlobNotFound: nothing of it is in the store.</exception>
    /// <inheritdoc cref="BlobReader.OpenReadAsync(BlobRef, CancellationToken)"/>
    public ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ReadLease lease = Chunks.BeginRead(blob);
        try
        {
            ThrowIfAbsent(blob);
            return _reader.OpenReadAsync(blob, lease, cancellationToken);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="BlobReader.CopyToAsync(BlobRef, PipeWriter, BlobRange?, IProgress{BlobProgress}?, CancellationToken)"/>
    /// <exception cref="DatafortsException">BlobNotFound: nothing of it is in the store.</exception>
    public async Task<long> CopyToAsync(
        BlobRef blob, PipeWriter destination, BlobRange? range = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using ReadLease lease = BeginRead(blob);
        ThrowIfAbsent(blob);
        return await _reader.CopyToAsync(blob, destination, range, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="BlobReader.CopyToAsync(BlobRef, Stream, BlobRange?, IProgress{BlobProgress}?, CancellationToken)"/>
    /// <exception cref="DatafortsException">BlobNotFound: nothing of it is in the store.</exception>
    public async Task<long> CopyToAsync(
        BlobRef blob, Stream destination, BlobRange? range = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using ReadLease lease = BeginRead(blob);
        ThrowIfAbsent(blob);
        return await _reader.CopyToAsync(blob, destination, range, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="BlobReader.ReadSequenceAsync"/>
    /// <exception cref="DatafortsException">BlobNotFound: nothing of it is in the store.</exception>
    public async Task<BlobSequence> ReadSequenceAsync(BlobRef blob, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        using ReadLease lease = BeginRead(blob);
        ThrowIfAbsent(blob);
        return await _reader.ReadSequenceAsync(blob, range, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="BlobReader.ReadBytesAsync"/>
    /// <exception cref="DatafortsException">BlobNotFound: nothing of it is in the store.</exception>
    public async Task<byte[]> ReadBytesAsync(BlobRef blob, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        using ReadLease lease = BeginRead(blob);
        ThrowIfAbsent(blob);
        return await _reader.ReadBytesAsync(blob, range, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The Manifest whose encoding is the chunk at <paramref name="address"/>.</summary>
    /// <exception cref="DatafortsException">BlobNotFound: the store does not have that chunk.</exception>
    /// <exception cref="IntegrityException">The chunk is wrong, or no Manifest.</exception>
    public ManifestRef ResolveManifest(ManifestAddress address)
    {
        using ChunkBuffer chunk = Chunks.Read(address.ChunkHash)
            ?? throw new DatafortsException(ErrorKind.BlobNotFound, $"the manifest in chunk {address.ChunkHash} is not in the store");
        try
        {
            if (BlobRef.Decode(chunk.Memory.Span) is ManifestRef manifest) return manifest;
        }
        catch (BlobFormatException error)
        {
            throw IntegrityException.Node(address.ChunkHash, error.Message);
        }
        throw IntegrityException.Node(address.ChunkHash, "the chunk holds a ref, but not of a manifest");
    }

    /// <summary>Closes the store in order.</summary>
    public ValueTask DisposeAsync() => Chunks.DisposeAsync();

    // What can be refused is refused before the first byte is read; SetName asks again, for another may be faster.
    private void CheckName(PutOptions options)
    {
        if (options.Name is not { } name) return;
        BlobName.ThrowIfInvalid(name);
        if (options.IfAbsent && Chunks.FindName(name) is not null) throw new DatafortsException(ErrorKind.Exists, $"the name \"{name}\" exists");
    }

    private async ValueTask<PutResult> FinishAsync(PutResult result, PutOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Commit(result, options);
        // The name is set: calling the wait off would only leave the caller guessing.
        if (options.Durability == Durability.Durable) await Chunks.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    private void Commit(PutResult result, PutOptions options)
    {
        bool isAllNew = Record(result, options);
        if (options.Name is { } name) Chunks.SetName(name, result.Ref, options.ExpiresAt, options.IfAbsent);
        else if (!isAllNew && !options.IsPart) Chunks.GiveTime([result.Ref]);
    }

    // Whether nothing of it was there before.
    private bool Record(PutResult result, PutOptions options)
    {
        bool isAllNew = KeepEncoding(result.Ref) && result.IsAllNew;
        if (options.RecordContentHash && result.ContentHash is { } content && AddressOf(result.Ref) is { } address)
            Chunks.RecordContentHash(address, content);
        return isAllNew;
    }

    private PutSession BeginPut() => Chunks.HoldsPutsLate ? default : Chunks.BeginPut();

    private PutSession BeginLatePut() => Chunks.HoldsPutsLate ? Chunks.BeginPut() : default;

    // A Small is read in one piece, from where it lies now.
    private ReadLease BeginRead(BlobRef blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return blob is SmallRef ? default : Chunks.BeginRead(blob);
    }

    /// <summary>Stores a Manifest's encoding, which its text form names; nothing for other refs.</summary>
    /// <returns>False when it was stored before.</returns>
    /// <exception cref="DatafortsException">As <see cref="ChunkStore.Put(VerifiedChunk)"/>.</exception>
    public bool KeepEncoding(BlobRef blob) => blob is not ManifestRef manifest || Chunks.Put(ChunkVerifier.Hash(manifest.Encode()));

    /// <summary>The BLAKE3 of the whole content: a Small's own hash, or what was recorded when it was put; null when it was not.</summary>
    public BlobHash? FindContentHash(BlobRef blob) =>
        blob is SmallRef small ? small.Hash : AddressOf(blob) is { } address ? Chunks.FindContentHash(address) : null;

    // A Small is its own content hash.
    private static BlobHash? AddressOf(BlobRef blob) => blob switch
    {
        TreeRef tree => tree.RootHash,
        ManifestRef manifest => ManifestAddress.Of(manifest).ChunkHash,
        _ => null,
    };

    private void ThrowIfAbsent(BlobRef blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (!HasAnythingOf(blob)) throw new DatafortsException(ErrorKind.BlobNotFound, $"nothing of the blob {blob} is in the store");
    }

    /// <summary>Whether the store has any part of a blob: its chunk, a chunk of its list, its root node. No file is touched.</summary>
    public bool HasAnythingOf(BlobRef blob) => blob switch
    {
        SmallRef small => Knows(small.Hash),
        ManifestRef manifest => manifest.Chunks.Any(chunk => Knows(chunk.Hash)),
        TreeRef tree => Knows(tree.RootHash),
        _ => false,
    };
}
