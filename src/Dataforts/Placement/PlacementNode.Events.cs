using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;

namespace Dataforts.Placement;

public sealed partial class PlacementNode
{
    /// <summary>Publishes an event of this node's chain, keeps it for peers that read it, and claims the chain.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="payload">Inline bytes, or an encoded ref.</param>
    /// <param name="isRef">Whether it is a ref.</param>
    /// <param name="hints">Wishes for this event; null for none.</param>
    /// <param name="cancellationToken">Given up by.</param>
    /// <returns>Its number in the channel.</returns>
    /// <exception cref="ArgumentException">The text is no channel's name.</exception>
    /// <exception cref="DatafortsException">As <see cref="IMesh.PublishAsync"/>.</exception>
    public async ValueTask<ulong> PublishAsync(
        string channel, ReadOnlyMemory<byte> payload, bool isRef = false, ImmutableSortedDictionary<string, string>? hints = null,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        _ = Channels.ChannelName.Parse(channel);
        ulong sequence = await _mesh.PublishAsync(channel, payload, isRef, hints, cancellationToken).ConfigureAwait(false);
        _host.Published(channel, sequence, payload.Span);
        return sequence;
    }

    /// <summary>Follows a channel for the application; what it gets is looked at on the way, and cached where greedy caching admits it.</summary>
    /// <inheritdoc cref="IMesh.TailAsync"/>
    public async IAsyncEnumerable<MeshEvent> TailAsync(
        string channel, ulong from = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (MeshEvent item in _mesh.TailAsync(channel, from, cancellationToken).ConfigureAwait(false))
        {
            Observe(in item);
            yield return item;
        }
    }

    /// <summary>Looks at an event that the application got by another way than <see cref="TailAsync"/>. Neither waits nor throws.</summary>
    public DispatchOutcome Observe(in MeshEvent item) => _host.Observe(in item);

    /// <summary>Reads an event: from what is here, else from the nearest holder that has it. It counts as demand for its chain, whoever has it.</summary>
    /// <param name="channel">The channel's name.</param>
    /// <param name="chain">The publisher's origin hash.</param>
    /// <param name="sequence">The event's number.</param>
    /// <param name="destination">Takes the payload; nothing when the event is not found.</param>
    /// <param name="cancellationToken">Given up by; it is given up too when this is disposed.</param>
    /// <returns>Null when no holder that was asked has it.</returns>
    /// <exception cref="ArgumentException">The text is no channel's name.</exception>
    public async ValueTask<ChainRead?> ReadAsync(
        string channel, ulong chain, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(destination);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        if (!cancellationToken.CanBeCanceled) return await _host.ReadAsync(channel, chain, sequence, destination, _life.Token).ConfigureAwait(false);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _life.Token);
        return await _host.ReadAsync(channel, chain, sequence, destination, both.Token).ConfigureAwait(false);
    }
}
