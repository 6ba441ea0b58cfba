using System.Buffers;
using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>Blobs kept by callbacks of the host: the door for other media and other languages.</summary>
/// <remarks>Thread-safe as far as the callbacks are. The claim is verified before the store callback is called; what a fetch callback returns
/// is verified by the resolver. See <see cref="BlobCallbacks"/> for what they may throw.</remarks>
public sealed class DelegateAdapter : BlobAdapter
{
    private const AdapterCapabilities OfTheHost = AdapterCapabilities.ChunkedRefs | AdapterCapabilities.Ranges | AdapterCapabilities.Durable
        | AdapterCapabilities.SelfVerifying;

    private readonly BlobCallbacks _callbacks;
    private readonly DelegateOptions _options;
    private readonly ChunkCallback? _chunks;

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">The callbacks claim a capability that is not theirs to claim.</exception>
    public DelegateAdapter(BlobCallbacks callbacks, DelegateOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Id, CapabilitiesOf(callbacks), options.Schemes)
    {
        (_callbacks, _options) = (callbacks, options);
        if (callbacks.FetchChunk is { } fetch) _chunks = new ChunkCallback(this, fetch);
    }

    /// <inheritdoc/>
    public override IChunkSource? Chunks => _chunks;

    /// <inheritdoc/>
    public override async ValueTask<bool> ExistsAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        if (_callbacks.Exists is { } exists) return await CallAsync(token => exists(blob, token), cancellationToken).ConfigureAwait(false);
        using OwnedBytes? found = await FindAsync(blob, null, cancellationToken).ConfigureAwait(false);
        return found is not null;
    }

    /// <inheritdoc/>
    public override async ValueTask<AdapterStat> StatAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        CheckKind(blob, cancellationToken);
        return _callbacks.Stat is { } stat
            ? await CallAsync(token => stat(blob, token), cancellationToken).ConfigureAwait(false) ?? throw NotFound(blob)
            : await base.StatAsync(blob, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> DeleteAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        if (_callbacks.Delete is not { } delete) return base.DeleteAsync(blob, cancellationToken);
        CheckKind(blob, cancellationToken);
        return CallAsync(token => delete(blob, token), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>The budget holds for each entry.</remarks>
    public override IAsyncEnumerable<AdapterEntry> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return _callbacks.List is { } list ? EntriesAsync(list, prefix, cancellationToken) : base.ListAsync(prefix, cancellationToken);
    }

    /// <inheritdoc/>
    protected override ReadOnlySequence<byte> Hold(ReadOnlySequence<byte> content) =>
        _options.CallBudget is null ? content : new ReadOnlySequence<byte>(content.ToArray());

    /// <inheritdoc/>
    protected override async ValueTask<bool> WriteAsync(VerifiedContent content, Durability durability, CancellationToken cancellationToken)
    {
        _ = await CallAsync(
            async token =>
            {
                await _callbacks.Store(content, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    protected override async ValueTask<OwnedBytes> ReadAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken) =>
        await FindAsync(blob, range.Length == blob.SizeBytes ? null : range, cancellationToken).ConfigureAwait(false) ?? throw NotFound(blob);

    private static AdapterCapabilities CapabilitiesOf(BlobCallbacks callbacks)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        if ((callbacks.Also & ~OfTheHost) != 0)
            throw new ArgumentException($"callbacks cannot claim {callbacks.Also & ~OfTheHost}", nameof(callbacks));
        return AdapterCapabilities.Keeps | callbacks.Also
            | (callbacks.Delete is null ? 0 : AdapterCapabilities.Delete)
            | (callbacks.Stat is null ? 0 : AdapterCapabilities.StatDetail)
            | (callbacks.List is null ? 0 : AdapterCapabilities.List);
    }

    private async ValueTask<OwnedBytes?> FindAsync(BlobRef blob, BlobRange? range, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(token => _callbacks.Fetch(blob, range, token), cancellationToken).ConfigureAwait(false);
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.BlobNotFound)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<AdapterEntry> EntriesAsync(
        Func<string, CancellationToken, IAsyncEnumerable<AdapterEntry>> list, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<AdapterEntry> entries = list(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (entries.ConfigureAwait(false))
        {
            while (await CallAsync(_ => entries.MoveNextAsync(), cancellationToken).ConfigureAwait(false)) yield return entries.Current;
        }
    }

    private async ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> callback, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return _options.CallBudget is { } budget
                ? await CallWithinAsync(callback, budget, cancellationToken).ConfigureAwait(false)
                : await callback(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (error is not DatafortsException)
        {
            throw Typed(error);
        }
    }

    private async Task<T> CallWithinAsync<T>(Func<CancellationToken, ValueTask<T>> callback, TimeSpan budget, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // On the pool: a callback may block before it first awaits.
        Task<T> call = Task.Run(async () => await callback(stop.Token).ConfigureAwait(false), CancellationToken.None);
        await ((Task)call).WaitAsync(budget, _options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Looked at once: a call that ends from now on is late, and nobody takes what it returns.
        bool isLate = !call.IsCompleted;
        _ = EndAsync(call, stop, isLate);
        if (!isLate) return await call.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw new DatafortsException(ErrorKind.Transient, $"a callback of the adapter \"{Id}\" took longer than its budget of {budget.TotalSeconds:0.###} s");
    }

    // A call that was given up is told, and what it still returns is given back.
    private static async Task EndAsync<T>(Task<T> call, CancellationTokenSource stop, bool isLate)
    {
        if (isLate)
        {
            await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (call.IsCompletedSuccessfully) (await call.ConfigureAwait(false) as IDisposable)?.Dispose();
        }
        stop.Dispose();
    }

    private DatafortsException Typed(Exception error)
    {
        string what = $"a callback of the adapter \"{Id}\" failed";
        ErrorKind? kind = _callbacks.KindOf?.Invoke(error) ?? error switch
        {
            KeyNotFoundException or FileNotFoundException or DirectoryNotFoundException => ErrorKind.BlobNotFound,
            ArgumentException or FormatException => ErrorKind.InvalidRequest,
            NotSupportedException => ErrorKind.Unsupported,
            TimeoutException or OperationCanceledException => ErrorKind.Transient,
            IOException or UnauthorizedAccessException => null,
            _ => ErrorKind.AdapterFailed,
        };
        return kind is { } known ? new DatafortsException(known, $"{what}: {error.Message}", error) : DatafortsException.From(error, what);
    }

    /// <summary>The chunk callback as a source; how long a chunk may be is held against what came.</summary>
    private sealed class ChunkCallback(DelegateAdapter adapter, Func<BlobHash, CancellationToken, ValueTask<OwnedBytes?>> fetch) : IChunkSource
    {
        public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
        {
            using OwnedBytes? found = await adapter.CallAsync(token => fetch(hash, token), cancellationToken).ConfigureAwait(false);
            if (found is null) return null;
            if (found.Length > maxBytes) throw IntegrityException.Length(hash, maxBytes, found.Length);
            // A chunk buffer is pooled memory of our own: here, and only here, foreign bytes are copied.
            ChunkBuffer buffer = ChunkBuffer.Rent((int)found.Length);
            found.Bytes.CopyTo(buffer.Writable.Span);
            return buffer;
        }
    }
}
