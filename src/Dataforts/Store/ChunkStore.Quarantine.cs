using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private readonly Lock _quarantineGate = new();
    private Dictionary<BlobHash, QuarantinedChunk>? _quarantine;

    /// <summary>Raised, on the thread that found it, when a chunk is put into quarantine. Handlers must not throw.</summary>
    public event Action<QuarantinedChunk>? ChunkQuarantined;

    /// <summary>The chunks in quarantine: found wrong, out of service, not put again since, their bytes not compacted away. At most
    /// 65,536 are listed.</summary>
    public IReadOnlyList<QuarantinedChunk> ListQuarantine()
    {
        lock (_quarantineGate) return [.. Quarantine().Values.Where(IsStillWrong).OrderBy(chunk => chunk.Segment).ThenBy(chunk => chunk.Offset)];
    }

    /// <summary>Whether a chunk is in quarantine.</summary>
    public bool IsQuarantined(in BlobHash hash)
    {
        lock (_quarantineGate) return Quarantine().TryGetValue(hash, out QuarantinedChunk? chunk) && IsStillWrong(chunk);
    }

    /// <summary>Reads chunks that were found wrong again, from the device. What is wrong still is had from elsewhere and written anew, or put into
    /// quarantine, which lasts.</summary>
    /// <param name="suspects">The chunks; those that are not there are passed over.</param>
    /// <param name="repair">Where the right bytes may be had; null for nowhere.</param>
    /// <param name="cancellationToken">Ends the work; what is done stays done.</param>
    /// <exception cref="DatafortsException">ReadOnly, NoSpace, WriterFailed or Io: the log cannot be written.</exception>
    public async Task<ScrubReport> QuarantineAsync(
        IEnumerable<BlobHash> suspects, IChunkRepair? repair = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(suspects);
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfReader();
        var findings = new ScrubFindings();
        foreach (BlobHash hash in suspects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryLocate(hash, out RecordLocation location)) continue;
            _ = _log.TryDropCache(location.Segment);
            if (Examine(hash, location) is { } wrong)
                await MendAsync(hash, location, wrong, repair, findings, cancellationToken).ConfigureAwait(false);
        }
        await MendTheRestAsync(findings, repair, cancellationToken).ConfigureAwait(false);
        return findings.ToReport();
    }

    private void ThrowIfReader()
    {
        if (!IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
    }

    private bool IsStillWrong(QuarantinedChunk chunk) => !Contains(chunk.Hash) && _log.HasSegment(chunk.Segment);

    private Dictionary<BlobHash, QuarantinedChunk> Quarantine()
    {
        if (_quarantine is not null) return _quarantine;
        List<QuarantinedChunk> listed = [];
        try
        {
            listed = QuarantineList.Load(_options.Device, Path, _header.StoreId);
        }
        catch (DatafortsException error) when (error.Kind is ErrorKind.StoreDamaged or ErrorKind.UnsupportedVersion)
        {
            // What it listed is out of service all the same, and counts as missing.
            string path = System.IO.Path.Combine(Path, QuarantineList.FileName);
            _damages.Add(new LogDamage(path, 0, 0, error.Message));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the list of quarantined chunks of {Path} cannot be read");
        }
        return _quarantine = listed.ToDictionary(chunk => chunk.Hash);
    }

    // On the list first, then out of service: of one that is listed and in service, the next scrub finds what there is to be found.
    private async Task PutIntoQuarantineAsync(BlobHash hash, RecordLocation location, CancellationToken cancellationToken)
    {
        var chunk = new QuarantinedChunk(hash, location.Segment, location.Offset, location.Length, Time.GetUtcNow());
        lock (_quarantineGate)
        {
            Dictionary<BlobHash, QuarantinedChunk> listed = Quarantine();
            foreach (QuarantinedChunk other in listed.Values.Where(other => !IsStillWrong(other)).ToList()) listed.Remove(other.Hash);
            listed[hash] = chunk;
            try
            {
                QuarantineList.Save(_options.Device, Path, _header.StoreId, listed.Values, NowMs());
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw DatafortsException.From(error, $"the list of quarantined chunks of {Path} cannot be written");
            }
        }
        lock (_putGate)
        {
            if (!TryLocate(hash, out RecordLocation now) || now != location) return;
            // The removal that takes the chunk out of service takes its copies as well, when the log is opened next.
            DropCopies(hash);
            AppendRemoval(new ReadOnlySpan<BlobHash>(in hash));
            RemoveFromIndex(hash);
            _rotten.TryRemove(hash, out _);
        }
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        DatafortsMeter.ChunksQuarantined.Add(1);
        ChunkQuarantined?.Invoke(chunk);
    }
}
