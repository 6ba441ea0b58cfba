using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>The one way from a ref to its bytes: allowed schemes, one adapter, and every byte verified once before anyone sees it.</summary>
/// <remarks>
/// <para>Thread-safe. A ref whose scheme is not allowed, or for which there is no adapter, is refused before any I/O. With
/// <see cref="ResolverOptions.AdapterId"/> that adapter serves, and its schemes must take the ref; without, the one adapter that lists the ref's
/// scheme. One that takes any scheme serves only when it is named.</para>
/// <para>What an adapter returns is believed where the host has registered it as trusted and it verifies by itself. Everything else is
/// hashed here: a Small whole, a Manifest chunk by chunk; a Tree is read through the adapter's chunks (<see cref="IBlobAdapter.Chunks"/>), as flat bytes
/// do not show whether they are its.</para>
/// </remarks>
public sealed partial class BlobResolver
{
    private readonly AdapterRegistry _registry;
    private readonly ResolverOptions _options;
    private readonly string[] _allowed;

    /// <summary>Makes a resolver.</summary>
    public BlobResolver(AdapterRegistry registry, ResolverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _options = options ?? new ResolverOptions();
        _allowed = [.. _options.AllowedSchemes];
    }

    /// <summary>Which adapter serves a ref.</summary>
    /// <exception cref="DatafortsException">SchemeNotAllowed: the caller or the named adapter does not take the scheme. AdapterNotRegistered.
    /// InvalidRequest: several adapters list the scheme, and none is named.</exception>
    public RegisteredAdapter Route(BlobRef blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return Route(blob.Scheme);
    }

    /// <summary>The content of a payload: its own bytes as they are, or those of the blob that it stands for.</summary>
    /// <param name="payload">Has to stay as it is while an inline result is in use.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="BlobFormatException">The payload begins as a ref does and is none.</exception>
    /// <exception cref="DatafortsException">As <see cref="FetchAsync"/>.</exception>
    public ValueTask<OwnedBytes> ResolveAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        BlobPayload classified = BlobPayload.Classify(payload);
        return classified.Ref is { } blob ? FetchAsync(blob, cancellationToken) : new(OwnedBytes.Borrow(payload));
    }

    /// <summary>As <see cref="ResolveAsync"/>, as a stream and of any length.</summary>
    /// <exception cref="BlobFormatException">The payload begins as a ref does and is none.</exception>
    /// <exception cref="DatafortsException">As <see cref="OpenReadAsync(BlobRef, CancellationToken)"/>.</exception>
    public ValueTask<Stream> OpenReadAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        BlobPayload classified = BlobPayload.Classify(payload);
        return classified.Ref is { } blob ? OpenReadAsync(blob, cancellationToken) : new(new OwnedBytesStream(OwnedBytes.Borrow(payload)));
    }

    /// <summary>A blob's content in memory, verified.</summary>
    /// <exception cref="DatafortsException">SchemeNotAllowed, AdapterNotRegistered, InvalidRequest (see <see cref="Route(BlobRef)"/>); LimitExceeded: more than
    /// <see cref="ResolverOptions.MaxBufferedBytes"/>; Unsupported: the adapter cannot show that the bytes are the blob's. All of these
    /// before any I/O. Otherwise the adapter's.</exception>
    /// <exception cref="IntegrityException">What the adapter has is not what the ref says; nothing of it was handed out.</exception>
    public async ValueTask<OwnedBytes> FetchAsync(BlobRef blob, CancellationToken cancellationToken = default)
    {
        RegisteredAdapter entry = Route(blob);
        if (blob.SizeBytes > (ulong)_options.MaxBufferedBytes)
        {
            throw new DatafortsException(ErrorKind.LimitExceeded,
                $"{blob.SizeBytes} bytes are more than MaxBufferedBytes ({_options.MaxBufferedBytes}) in memory; open a stream");
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (!entry.IsVerified && blob is not SmallRef && entry.Adapter.Chunks is { } chunks)
        {
            BlobSequence sequence = await new BlobReader(chunks).ReadSequenceAsync(blob, null, cancellationToken).ConfigureAwait(false);
            return OwnedBytes.Own(sequence.Bytes, sequence);
        }
        if (!entry.IsVerified) ThrowIfUnverifiable(blob, entry);
        OwnedBytes bytes = await entry.Adapter.FetchAsync(blob, null, cancellationToken).ConfigureAwait(false);
        if (entry.IsVerified) return bytes;
        try
        {
            ContentVerifier.Verify(blob, bytes.Bytes);
            return bytes;
        }
        catch (Exception error)
        {
            bytes.Dispose();
            if (error is IntegrityException) DatafortsMeter.IntegrityFailures.Add(1);
            throw;
        }
    }

    /// <summary>A blob's content as a stream, verified before it is read from it. A foreign adapter's content that does not come in chunks is verified
    /// whole before the call returns, in memory up to <see cref="AdapterLimits.AsideMemoryBytes"/> and aside beyond.</summary>
    /// <returns>The caller's to dispose.</returns>
    /// <inheritdoc cref="FetchAsync"/>
    public async ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken = default)
    {
        RegisteredAdapter entry = Route(blob);
        cancellationToken.ThrowIfCancellationRequested();
        bool streams = entry.Adapter.Capabilities.HasFlag(AdapterCapabilities.Streams);
        if (entry.IsVerified && streams) return await entry.Adapter.OpenReadAsync(blob, cancellationToken).ConfigureAwait(false);
        if (!entry.IsVerified && blob is not SmallRef && entry.Adapter.Chunks is { } chunks)
            return await new BlobReader(chunks).OpenReadAsync(blob, cancellationToken).ConfigureAwait(false);
        if (!streams || blob.SizeBytes <= AdapterLimits.AsideMemoryBytes)
            return new OwnedBytesStream(await FetchAsync(blob, cancellationToken).ConfigureAwait(false));
        ThrowIfUnverifiable(blob, entry);
        Stream foreign = await entry.Adapter.OpenReadAsync(blob, cancellationToken).ConfigureAwait(false);
        await using (foreign.ConfigureAwait(false))
            return await VerifyAsideAsync(blob, foreign, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Stream> VerifyAsideAsync(BlobRef blob, Stream foreign, CancellationToken cancellationToken)
    {
        FileStream aside = AsideFile.Create(_options.AsideFolder);
        try
        {
            await CopyAsync(blob, foreign, aside, cancellationToken).ConfigureAwait(false);
            aside.Position = 0;
            return new ReadOnlyStream(aside);
        }
        catch (Exception error)
        {
            await aside.DisposeAsync().ConfigureAwait(false);
            if (error is IntegrityException) DatafortsMeter.IntegrityFailures.Add(1);
            throw;
        }
    }

    private static async ValueTask CopyAsync(BlobRef blob, Stream foreign, FileStream aside, CancellationToken cancellationToken)
    {
        try
        {
            await ContentVerifier.CopyAsync(blob, foreign, aside, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw DatafortsException.From(error, $"the stream of the blob {blob} broke off");
        }
    }

    private static void ThrowIfUnverifiable(BlobRef blob, RegisteredAdapter entry)
    {
        if (blob is TreeRef)
        {
            throw new DatafortsException(ErrorKind.Unsupported,
                $"the adapter \"{entry.Adapter.Id}\" is not trusted and hands out no chunks, so a Tree from it cannot be verified");
        }
    }

    private RegisteredAdapter Route(string scheme)
    {
        if (!_allowed.AsSpan().Contains(scheme))
            throw new DatafortsException(ErrorKind.SchemeNotAllowed, $"refs of the scheme \"{scheme}\" are not allowed here");
        if (_options.AdapterId is { } id)
        {
            RegisteredAdapter named = Named(id);
            return named.Takes(scheme)
                ? named
                : throw new DatafortsException(ErrorKind.SchemeNotAllowed, $"the adapter \"{id}\" does not take the scheme \"{scheme}\"");
        }
        IReadOnlyList<RegisteredAdapter> listing = _registry.Listing(scheme);
        return listing.Count switch
        {
            1 => listing[0],
            0 => throw new DatafortsException(ErrorKind.AdapterNotRegistered, $"no adapter is registered for the scheme \"{scheme}\""),
            _ => throw new DatafortsException(ErrorKind.InvalidRequest,
                $"the adapters {string.Join(", ", listing.Select(entry => $"\"{entry.Adapter.Id}\""))} take the scheme \"{scheme}\"; name one"),
        };
    }

    private RegisteredAdapter Named(string id) => _registry.Find(id)
        ?? throw new DatafortsException(ErrorKind.AdapterNotRegistered, $"no adapter \"{id}\" is registered");
}
