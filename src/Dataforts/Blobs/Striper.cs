using Dataforts.Blobs.Striping;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Groups the chunks of one payload into stripes, has them encoded ahead, and gives the leaves in order.</summary>
/// <remarks>Memory is bounded by the window: bytes of chunks are kept until their stripe is encoded as long as they fit half of it, and are read
/// from the store again where they do not. For one caller at a time.</remarks>
internal sealed class Striper : IDisposable
{
    private readonly StripeEncoder _encoder;
    private readonly StripePlanner _planner;
    private readonly StripeLeaves _leaves;
    private readonly StripeRules _rules;
    private readonly WindowOptions _options;
    private readonly ICopySink? _copies;
    private readonly OrderedWindow<EncodedStripe> _window;
    private readonly Queue<HeldChunk> _held = new();
    private readonly HashSet<BlobHash> _alike = [];
    private StripeGroup? _next;
    private long _nextBytes;
    private long _heldBytes;
    private bool _leavesFinished;
    private bool _hasBareTail;

    public Striper(IChunkSink sink, StripeRules rules, ChunkingProfile profile, WindowOptions window, CancellationToken cancellationToken)
    {
        (_rules, _options) = (rules, window);
        _copies = sink as ICopySink;
        _encoder = new StripeEncoder(sink, window.MaxBytes);
        _planner = new StripePlanner(rules);
        _leaves = new StripeLeaves(rules, profile.IsContentDefined ? profile.MinChunkBytes - 1 : profile.MinChunkBytes);
        _window = new OrderedWindow<EncodedStripe>(window with { MaxChunks = Math.Max(2, Environment.ProcessorCount) }, cancellationToken);
    }

    /// <summary>Bytes of parity and copies newly stored.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Takes the next chunk, which is stored.</summary>
    public void Add(ChunkBatch batch, int index)
    {
        CutChunk chunk = batch[index];
        bool isKept = !_encoder.CanReadBack || _heldBytes + chunk.Length <= _options.MaxBytes / 2;
        (InputBlock block, ReadOnlyMemory<byte> bytes) = batch.BytesOf(index);
        _held.Enqueue(isKept ? new HeldChunk(chunk.Hash, chunk.Length, block.Hold(), bytes) : new HeldChunk(chunk.Hash, chunk.Length, null, default));
        if (isKept) _heldBytes += chunk.Length;
        _planner.Add(chunk.Hash, (uint)chunk.Length);
    }

    /// <summary>Says that there are no more chunks.</summary>
    public void Finish()
    {
        _planner.Finish();
    }

    /// <summary>Starts what can be started, and gives the next leaf that is complete.</summary>
    /// <param name="mustWait">Whether to wait for stripes under way; after <see cref="Finish"/>.</param>
    /// <returns>Null when there is none now, or, having waited, none any more.</returns>
    public async ValueTask<ErasureLeafNode?> TakeLeafAsync(bool mustWait)
    {
        while (true)
        {
            bool isBlocked = !TryStart();
            if (_window.Count > 0 && (isBlocked || mustWait || _window.HeadIsReady))
            {
                if (await TakeAsync().ConfigureAwait(false) is { } leaf) return leaf;
            }
            else if (_next is null && _window.Count == 0 && mustWait && !_leavesFinished)
            {
                _leavesFinished = true;
                return _leaves.Finish();
            }
            else if (_next is null || _window.Count == 0)
            {
                return null;
            }
        }
    }

    /// <summary>Keeps nodes, and the chunks that parity does not protect, as often as the code bears losses and once more.</summary>
    /// <returns>The losses that the payload bears.</returns>
    public async ValueTask<int> KeepCopiesAsync(IReadOnlyCollection<BlobHash> nodes, CancellationToken cancellationToken)
    {
        if (_copies is null) return 0;
        int most = _rules.Code.ParityShards;
        StoredBytes += await _copies.KeepCopiesAsync([.. nodes, .. _alike], most + 1, cancellationToken).ConfigureAwait(false);
        _alike.Clear();
        return _hasBareTail ? 0 : most;
    }

    /// <summary>Calls off what was started and awaits it.</summary>
    public async ValueTask StopAsync()
    {
        await _window.StopAsync().ConfigureAwait(false);
        while (_held.TryDequeue(out HeldChunk chunk)) chunk.Release();
    }

    public void Dispose() => _window.Dispose();

    // Whether there is nothing left that is ready to start.
    private bool TryStart()
    {
        while (true)
        {
            if (_next is null)
            {
                if (!_planner.TryTake(out _next)) return true;
                _nextBytes = _encoder.BytesFor(_next);
            }
            if (!_window.HasRoomFor(_nextBytes)) return false;
            var members = new HeldChunk[_next.Chunks.Count];
            for (int i = 0; i < members.Length; i++)
            {
                members[i] = _held.Dequeue();
                if (members[i].Block is not null) _heldBytes -= members[i].Length;
            }
            _hasBareTail |= !_next.Code.IsReedSolomon && !_next.NeedsCopies;
            _window.Add(EncodeAsync(_next, members), _nextBytes);
            _next = null;
        }
    }

    private async Task<EncodedStripe> EncodeAsync(StripeGroup group, HeldChunk[] members)
    {
        try
        {
            await default(FairYield);
            _window.Token.ThrowIfCancellationRequested();
            return await _encoder.EncodeAsync(group, members, _window.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _window.FailAll(error);
            throw;
        }
        finally
        {
            foreach (HeldChunk member in members) member.Release();
        }
    }

    private async ValueTask<ErasureLeafNode?> TakeAsync()
    {
        EncodedStripe done;
        try
        {
            done = await _window.TakeAsync().ConfigureAwait(false);
        }
        catch when (_window.HasFailed)
        {
            _window.ThrowIfFailed();
            throw;
        }
        StoredBytes += done.StoredBytes;
        _alike.UnionWith(done.Alike);
        return _leaves.Add(done.Stripe);
    }
}
