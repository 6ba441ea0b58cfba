using Dataforts.Blobs.Adapters;
using Dataforts.Content;

namespace Dataforts.Channels;

/// <summary>A channel whose payloads may be of any length: long ones are stored as blobs, and the event carries the ref.</summary>
/// <remarks>Thread-safe. A published ref keeps its blob from collection until retention drops the event, where the channel lies in the store of
/// the blobs.</remarks>
public sealed class BlobChannel
{
    private readonly BlobResolver _resolver;

    /// <summary>Makes one.</summary>
    /// <param name="channel">Where events go.</param>
    /// <param name="resolver">Where blobs go and come from; its options say which refs it follows.</param>
    public BlobChannel(IEventChannel channel, BlobResolver resolver)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(resolver);
        (Channel, _resolver) = (channel, resolver);
    }

    /// <summary>The channel.</summary>
    public IEventChannel Channel { get; }

    /// <summary>Stores a payload where it is long, waits until that has reached the durability asked for, then publishes it.</summary>
    /// <returns>The event's number.</returns>
    /// <exception cref="PayloadException">The payload is stored, or was to travel inline, and the event was not written, or not flushed. Its receipt goes to
    /// <see cref="PublishAsync"/>, which stores nothing.</exception>
    /// <exception cref="DatafortsException">As
    /// <see cref="BlobResolver.StorePayloadAsync(ReadOnlyMemory{byte}, PayloadOptions?, CancellationToken)"/>; nothing was published.</exception>
    public async ValueTask<ulong> PublishBlobAsync(
        ReadOnlyMemory<byte> payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PublishOptions();
        PayloadReceipt receipt = await _resolver.StorePayloadAsync(payload, options.Stored, cancellationToken).ConfigureAwait(false);
        return await PublishAsync(receipt, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As the other, for content that is too long for memory or of unknown length.</summary>
    /// <param name="content">Read from its position to its end; it stays open.</param>
    /// <param name="options">As in the other.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="PublishBlobAsync(ReadOnlyMemory{byte}, PublishOptions?, CancellationToken)"/>
    public async ValueTask<ulong> PublishBlobAsync(Stream content, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PublishOptions();
        PayloadReceipt receipt = await _resolver.StorePayloadAsync(content, options.Stored, cancellationToken).ConfigureAwait(false);
        return await PublishAsync(receipt, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes what is stored already, such as after a failure.</summary>
    /// <returns>The event's number.</returns>
    /// <exception cref="PayloadException">The event was not written, or not flushed; carries the same receipt.</exception>
    public async ValueTask<ulong> PublishAsync(PayloadReceipt receipt, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PublishOptions();
        var data = EventData.Of(receipt);
        try
        {
            return await Channel.AppendAsync(data, options.Append, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            ErrorKind kind = error switch
            {
                DatafortsException known => known.Kind,
                OperationCanceledException or TimeoutException => ErrorKind.Transient,
                _ => ErrorKind.Io,
            };
            string state = receipt.Stored is null ? "the payload" : "the payload is stored, but";
            throw new PayloadException(kind, $"{state} was not published on \"{Channel.Name}\": {error.Message}", receipt, error);
        }
    }

    /// <summary>An event's content: its own bytes, or the blob's, verified.</summary>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="BlobFormatException">It was published as a ref and is none that this program knows.</exception>
    /// <inheritdoc cref="BlobResolver.FetchAsync"/>
    public ValueTask<OwnedBytes> ResolveAsync(ChannelEvent one, CancellationToken cancellationToken = default) =>
        one.DecodeRef() is { } blob ? _resolver.FetchAsync(blob, cancellationToken) : new(OwnedBytes.Borrow(one.Payload));

    /// <summary>As <see cref="ResolveAsync"/>, as a stream and of any length.</summary>
    /// <returns>The caller's to dispose.</returns>
    /// <inheritdoc cref="BlobResolver.OpenReadAsync(BlobRef, CancellationToken)"/>
    public ValueTask<Stream> OpenReadAsync(ChannelEvent one, CancellationToken cancellationToken = default) =>
        one.DecodeRef() is { } blob
            ? _resolver.OpenReadAsync(blob, cancellationToken)
            : new(new OwnedBytesStream(OwnedBytes.Borrow(one.Payload)));
}
