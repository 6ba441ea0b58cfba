using System.Diagnostics.CodeAnalysis;
using Dataforts.Content;

namespace Dataforts.Blobs.Striping;

/// <summary>Decides which chunks make a stripe together, as they come. Pure: no bytes, no clock.</summary>
/// <remarks>
/// <para>Where the tail is protected: a stripe holds k distinct chunks. It is closed early by a chunk that it has already. One chunk that is left over
/// takes the last one of the stripe before it, or joins that if it would be left alone. A run of one and the same chunk, and a chunk that nothing
/// stands beside, is a stripe without parity whose chunk is to be kept m + 1 times.</para>
/// <para>Where it is not: k chunks whatever they are, and a rest without parity.</para>
/// <para>At most two stripes are held back. Not thread-safe.</para>
/// </remarks>
internal sealed class StripePlanner(StripeRules rules)
{
    private readonly Queue<StripeGroup> _closed = new();
    private readonly HashSet<BlobHash> _openHashes = [];
    private List<TreeChunk> _open = [];

    // The newest stripe of distinct chunks: a single chunk left over may take one from it.
    private List<TreeChunk>? _held;

    /// <summary>Takes the next data chunk.</summary>
    public void Add(BlobHash hash, uint sizeBytes)
    {
        var chunk = new TreeChunk(hash, sizeBytes, ChunkRole.Data);
        if (rules.ProtectsTail && !Belongs(hash)) CloseOpen();
        _open.Add(chunk);
        _openHashes.Add(hash);
        if (_open.Count == rules.FullChunks) CloseOpen();
    }

    /// <summary>Takes a stripe whose members are settled, in the order of the content.</summary>
    public bool TryTake([NotNullWhen(true)] out StripeGroup? stripe) => _closed.TryDequeue(out stripe);

    /// <summary>Settles what is left.</summary>
    public void Finish()
    {
        if (!rules.ProtectsTail)
        {
            if (_open.Count > 0) _closed.Enqueue(new StripeGroup(_open, BlobEncoding.Replicated, NeedsCopies: false));
        }
        else if (_open.Count == 1 && _held is not null)
        {
            Settle(_open[0]);
        }
        else
        {
            CloseOpen();
            ReleaseHeld();
        }
    }

    private bool Belongs(in BlobHash hash)
    {
        if (_open.Count == 0) return true;
        bool isRun = _openHashes.Count == 1 && (_open.Count > 1 || _openHashes.Contains(hash));
        return isRun == _openHashes.Contains(hash);
    }

    private void CloseOpen()
    {
        if (_open.Count == 0) return;
        bool isDistinct = _openHashes.Count == _open.Count;
        if (!rules.ProtectsTail)
        {
            _closed.Enqueue(new StripeGroup(_open, rules.Code, NeedsCopies: false));
        }
        else if (isDistinct && _open.Count > 1)
        {
            ReleaseHeld();
            _held = _open;
        }
        else
        {
            ReleaseHeld();
            EnqueueAlone(_open);
        }
        _open = [];
        _openHashes.Clear();
    }

    // One chunk is left over, behind a stripe that can still be changed.
    private void Settle(TreeChunk last)
    {
        List<TreeChunk> before = _held!;
        if (before.Count > 2 && before[^1].Hash != last.Hash)
        {
            List<TreeChunk> rest = [before[^1], last];
            before.RemoveAt(before.Count - 1);
            Enqueue(before);
            Enqueue(rest);
        }
        else if (before.Count == 2 && before.TrueForAll(chunk => chunk.Hash != last.Hash) && rules.HasRoomFor(3))
        {
            before.Add(last);
            Enqueue(before);
        }
        else
        {
            Enqueue(before);
            EnqueueAlone([last]);
        }
    }

    private void ReleaseHeld()
    {
        if (_held is not null) Enqueue(_held);
        _held = null;
    }

    private void Enqueue(List<TreeChunk> chunks) => _closed.Enqueue(new StripeGroup(chunks, rules.CodeOf(chunks.Count), NeedsCopies: false));

    private void EnqueueAlone(List<TreeChunk> chunks) => _closed.Enqueue(new StripeGroup(chunks, BlobEncoding.Replicated, NeedsCopies: true));
}
