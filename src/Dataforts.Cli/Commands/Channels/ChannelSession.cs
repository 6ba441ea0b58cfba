using Dataforts.Blobs;
using Dataforts.Channels;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Commands.Channels;

/// <summary>The store of a command and its channels, closed in their order.</summary>
internal sealed class ChannelSession(BlobStore store) : IAsyncDisposable
{
    public BlobStore Store => store;

    public EventChannels Channels { get; } = new(store.Chunks);

    /// <summary>Opens the store for reading.</summary>
    public static async Task<ChannelSession> OpenReaderAsync(CommandContext context, CancellationToken cancellationToken) =>
        new(await StoreSession.OpenReaderAsync(context, cancellationToken));

    /// <summary>Opens the store for writing, and makes one where there is none.</summary>
    public static async Task<ChannelSession> OpenWriterAsync(CommandContext context, CancellationToken cancellationToken) =>
        new(await StoreSession.OpenWriterAsync(context, create: true, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await Channels.DisposeAsync();
        await store.DisposeAsync();
    }
}
