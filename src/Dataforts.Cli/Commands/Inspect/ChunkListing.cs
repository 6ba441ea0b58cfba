using System.Text.Json;
using Dataforts.Chunking;
using Dataforts.Cli.Input;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary>Cuts one input and writes the cuts as they are found; memory does not follow the input's length.</summary>
internal sealed class ChunkListing
{
    private const int ReadBytes = 4 << 20;

    private readonly InputSource _input;
    private readonly ResultWriter _results;
    private readonly Chunker _chunker;
    private readonly TreeBuilder _tree = new();
    private readonly Blake3Hasher? _whole;
    private readonly byte[] _buffer;
    private readonly int _pieceBytes;

    // The open chunk starts at _start in the buffer and at _offset in the input; up to _fed the chunker has been given, up to _end was read.
    private int _start;
    private int _fed;
    private int _end;
    private ulong _offset;

    /// <param name="input">Read to its end.</param>
    /// <param name="profile">How to cut.</param>
    /// <param name="feedBytes">The chunker is given so many bytes more each time; null: as they come.</param>
    /// <param name="wholeHash">Whether to hash the whole input as well.</param>
    /// <param name="results">Gets one object.</param>
    public ChunkListing(InputSource input, ChunkingProfile profile, long? feedBytes, bool wholeHash, ResultWriter results)
    {
        (_input, _results) = (input, results);
        _chunker = profile.CreateChunker();
        _whole = wholeHash ? new Blake3Hasher() : null;
        _buffer = GC.AllocateUninitializedArray<byte>(profile.MaxChunkBytes + ReadBytes);
        _pieceBytes = (int)Math.Min(feedBytes ?? _buffer.Length, _buffer.Length);
    }

    /// <summary>Cuts and writes; reports the bytes read so far.</summary>
    /// <returns>The input's length in bytes.</returns>
    public async Task<long> RunAsync(IProgress<long> progress, CancellationToken cancellationToken)
    {
        Utf8JsonWriter json = _results.BeginObject();
        json.WriteStartArray("chunks"u8);
        long total = 0;
        while (true)
        {
            MakeRoom();
            int read = await _input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0) break;
            _whole?.Update(_buffer.AsSpan(_end, read));
            _end += read;
            progress.Report(total += read);
            while (_fed < _end)
            {
                _fed += Math.Min(_pieceBytes, _end - _fed);
                TakeCuts(json, isFinal: false);
            }
            _results.HandOnLongObject();
        }
        TakeCuts(json, isFinal: true);
        json.WriteEndArray();
        WriteSummary(json);
        _results.EndObject();
        return total;
    }

    private void TakeCuts(Utf8JsonWriter json, bool isFinal)
    {
        while (_chunker.FindCut(_buffer.AsSpan(_start.._fed), isFinal) is > 0 and int length)
        {
            BlobHash hash = BlobHash.Compute(_buffer.AsSpan(_start, length));
            _tree.Add(hash, (uint)length);
            // Only the root is asked for; what is below it need not be kept.
            while (_tree.TryTakeNode(out _))
            {
            }
            json.WriteStartObject();
            json.WriteUInt64("offset"u8, _offset);
            json.WriteNumber("length"u8, length);
            json.WriteHash("hash"u8, hash);
            json.WriteEndObject();
            _start += length;
            _offset += (uint)length;
            _results.HandOnLongObject();
        }
    }

    private void WriteSummary(Utf8JsonWriter json)
    {
        json.WriteUInt64("size"u8, _offset);
        if (_offset > 0)
        {
            TreeRoot root = _tree.Finish();
            json.WriteHash("rootHash"u8, root.RootHash);
            json.WriteNumber("depth"u8, root.Depth);
        }
        if (_whole is null) return;
        Span<byte> hash = stackalloc byte[BlobHash.SizeBytes];
        _whole.Finalize(hash);
        json.WriteHash("hash"u8, new BlobHash(hash));
    }

    /// <summary>Moves the open chunk to the front when no read of full size fits behind it: it is shorter than a chunk can be.</summary>
    private void MakeRoom()
    {
        if (_buffer.Length - _end >= ReadBytes) return;
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_fed, _end, _start) = (_fed - _start, _end - _start, 0);
    }
}
