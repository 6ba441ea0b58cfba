using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

public sealed partial class BlobResolver
{
    /// <summary>Makes a payload ready to be announced: as it is when it is short, else stored, with the durability asked for reached before the call
    /// returns.</summary>
    /// <param name="payload">Borrowed until the call ends, but for a receipt that carries it inline.</param>
    /// <param name="options">Where inline ends, and how the rest is stored.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What to announce. It resolves through this resolver.</returns>
    /// <exception cref="DatafortsException">SchemeNotAllowed, AdapterNotRegistered, InvalidRequest, Unsupported: before anything is written.
    /// Otherwise the adapter's.</exception>
    public ValueTask<PayloadReceipt> StorePayloadAsync(
        ReadOnlyMemory<byte> payload, PayloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PayloadOptions();
        cancellationToken.ThrowIfCancellationRequested();
        return IsInline(payload.Span, options)
            ? new(new PayloadReceipt(payload, null, null, null))
            : PutAsync(new OwnedBytesStream(OwnedBytes.Borrow(payload)), options.Put, cancellationToken);
    }

    /// <summary>As the other, for content that is too long for memory or of unknown length.</summary>
    /// <param name="content">Read from its position to its end; it stays open.</param>
    /// <param name="options">As in the other.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="StorePayloadAsync(ReadOnlyMemory{byte}, PayloadOptions?, CancellationToken)"/>
    public async ValueTask<PayloadReceipt> StorePayloadAsync(
        Stream content, PayloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        options ??= new PayloadOptions();
        var head = new byte[options.InlineMaxBytes + 1];
        int length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        Memory<byte> begun = head.AsMemory(0, length);
        if (IsInline(begun.Span, options)) return new PayloadReceipt(begun, null, null, null);
        return await PutAsync(new HeadedStream(begun, content), options.Put, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a payload and announces it. When the announcement fails, the error says what is stored, so that only the announcement
    /// need be tried again.</summary>
    /// <param name="payload">As in <see cref="StorePayloadAsync(ReadOnlyMemory{byte}, PayloadOptions?, CancellationToken)"/>.</param>
    /// <param name="announce">Publishes what the receipt carries; called once, when the durability asked for is reached.</param>
    /// <param name="options">As there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PayloadException">The announcement failed or was called off; the payload is stored.</exception>
    /// <exception cref="DatafortsException">As there; nothing was announced.</exception>
    public async ValueTask<PayloadReceipt> PublishPayloadAsync(
        ReadOnlyMemory<byte> payload, Func<PayloadReceipt, CancellationToken, ValueTask> announce, PayloadOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(announce);
        PayloadReceipt receipt = await StorePayloadAsync(payload, options, cancellationToken).ConfigureAwait(false);
        try
        {
            await announce(receipt, cancellationToken).ConfigureAwait(false);
            return receipt;
        }
        catch (Exception error)
        {
            throw new PayloadException(KindOf(error), $"the payload is stored, but was not announced: {error.Message}", receipt, error);
        }
    }

    private static ErrorKind KindOf(Exception error) => error switch
    {
        DatafortsException known => known.Kind,
        OperationCanceledException or TimeoutException => ErrorKind.Transient,
        _ => ErrorKind.AdapterFailed,
    };

    // What begins as a ref does would be taken for one.
    private static bool IsInline(ReadOnlySpan<byte> payload, PayloadOptions options) =>
        payload.Length <= options.InlineMaxBytes && !BlobRef.IsRef(payload);

    private async ValueTask<PayloadReceipt> PutAsync(Stream content, PutOptions options, CancellationToken cancellationToken)
    {
        RegisteredAdapter entry = RouteStore(options);
        PutResult stored = await entry.Adapter.PutAsync(content, options, cancellationToken).ConfigureAwait(false);
        var receipt = new PayloadReceipt(stored.Ref.Encode(), stored, entry.Adapter.Id, options.Durability);
        // An adapter that names its refs otherwise than it lists itself would announce what nobody can resolve.
        if (Route(stored.Ref) != entry)
        {
            throw new PayloadException(
                ErrorKind.InvalidRequest, $"the payload is stored, but its URI leads to another adapter than \"{entry.Adapter.Id}\"", receipt);
        }
        return receipt;
    }

    private RegisteredAdapter RouteStore(PutOptions options)
    {
        if (options.Uri is { } uri) return Route(SchemeOf(uri));
        if (_options.AdapterId is { } id && Named(id) is { Adapter.Schemes.Count: > 0 } named) return Route(named.Adapter.Schemes[0]);
        if (_allowed.Length == 0) throw new DatafortsException(ErrorKind.SchemeNotAllowed, "no scheme is allowed here");
        return Route(_allowed[0]);
    }

    private static string SchemeOf(string uri)
    {
        int colon = uri.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : uri[..colon];
    }
}
