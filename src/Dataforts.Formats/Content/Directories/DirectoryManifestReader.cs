using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Dataforts.Content.Directories;

/// <summary>Reads a directory manifest of any size entry by entry, in memory that does not grow with it.</summary>
/// <remarks>For one caller at a time. It decodes and no more: whether an entry is safe to be written anywhere <see cref="ManifestCheck"/> says.</remarks>
public sealed class DirectoryManifestReader : IDisposable
{
    /// <summary>The most that one entry takes: two texts and the largest ref.</summary>
    internal const int MaxEntryBytes = (2 * DirectoryLimits.MaxPathBytes) + MaxRefBytes + 64;

    // A Manifest ref at its limit. A Small's URI may be longer than this; there is no reason for one here.
    private const int MaxRefBytes = FormatLimits.ManifestBodyMaxBytes + 64;
    private const int FirstBufferBytes = 64 * 1024, BufferBytes = 1024 * 1024;
    private const string What = "directory manifest";

    private readonly Stream _source;
    private readonly byte[] _last = new byte[DirectoryLimits.MaxPathBytes];
    private byte[] _buffer;
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private bool _isDone;
    private int _lastLength;
    private ulong _left;
    private uint _flags;

    private DirectoryManifestReader(Stream source)
    {
        _source = source;
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    }

    /// <summary>In which form it is.</summary>
    public ManifestForm Version { get; private set; }

    /// <summary>Whether files and directories have times.</summary>
    public bool HasTimes => (_flags & ManifestLayoutV2.TimesFlag) != 0;

    /// <summary>What was read so far.</summary>
    public DirectoryTotals Totals { get; private set; }

    /// <summary>Opens a manifest and reads its head.</summary>
    /// <param name="source">The manifest from its first byte; stays the caller's to dispose.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DirectoryFormatException">It is no manifest, or of a version from another time.</exception>
    public static async ValueTask<DirectoryManifestReader> OpenAsync(Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var reader = new DirectoryManifestReader(source);
        try
        {
            await reader.FillAsync(cancellationToken).ConfigureAwait(false);
            reader.ReadHead();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The entries left, in the order in which they stand. To be enumerated once.</summary>
    /// <exception cref="DirectoryFormatException">The bytes break the format. Entries before that are handed out.</exception>
    public async IAsyncEnumerable<DirectoryEntry> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!_isAtEnd && _end - _start < MaxEntryBytes) await FillAsync(cancellationToken).ConfigureAwait(false);
            if (TryRead() is not { } entry) yield break;
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (!_isAtEnd && _end < _buffer.Length)
        {
            int read = await _source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _isAtEnd = read == 0;
            _end += read;
            // A small manifest stays in a small buffer.
            if (_end == _buffer.Length && _buffer.Length < BufferBytes) Grow();
            else if (_end >= MaxEntryBytes) return;
        }
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(BufferBytes);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void ReadHead()
    {
        var reader = new PostcardReader(_buffer.AsSpan(0, _end), What);
        try
        {
            byte version = reader.Byte();
            if (version is not ((byte)ManifestForm.Shared or (byte)ManifestForm.Compact))
                throw new DirectoryFormatException(EntryFault.UnknownVersion, null, $"A directory manifest of version {version} is not supported.");
            Version = (ManifestForm)version;
            ulong number = reader.Varint64();
            _start = 1 + PostcardWriter.VarintLength(number);
            if (Version == ManifestForm.Shared) _left = number;
            else if (number > ManifestLayoutV2.TimesFlag) throw Malformed($"has the unknown flags {number:x}");
            else _flags = (uint)number;
        }
        catch (DecodeException error)
        {
            throw Malformed(error);
        }
    }

    private DirectoryEntry? TryRead()
    {
        if (_isDone) return null;
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
        var reader = new PostcardReader(rest, What);
        try
        {
            DirectoryEntry? entry = Version == ManifestForm.Shared ? ReadShared(ref reader) : ReadCompact(ref reader);
            if (entry is null)
            {
                _isDone = true;
                reader.End();
                return null;
            }
            _start += rest.Length - reader.Left;
            Totals = Totals.Plus(entry);
            return entry;
        }
        catch (DecodeException error)
        {
            throw Malformed(error);
        }
        catch (OverflowException)
        {
            throw new DirectoryFormatException(EntryFault.TooManyBytes, null, "A directory manifest claims more bytes than 64 bits can count.");
        }
    }

    private DirectoryEntry? ReadShared(ref PostcardReader reader)
    {
        if (_left == 0) return null;
        _left--;
        byte[] path = Text(ref reader, isUtf8: true);
        switch (reader.Varint32())
        {
            case (uint)EntryKind.File:
                uint mode = reader.Varint32();
                return DirectoryEntry.File(path, Ref(path, reader.Bytes(Length(ref reader, MaxRefBytes, "ref"))), mode);
            case (uint)EntryKind.Directory:
                return DirectoryEntry.Folder(path, reader.Varint32());
            case (uint)EntryKind.Symlink:
                return DirectoryEntry.Symlink(path, Text(ref reader, isUtf8: true));
            case uint other:
                throw Malformed($"has an entry of the unknown kind {other}");
        }
    }

    private DirectoryEntry? ReadCompact(ref PostcardReader reader)
    {
        byte kind = reader.Byte();
        if (kind == ManifestLayoutV2.End)
        {
            ReadTotals(ref reader);
            return null;
        }
        if (kind > (byte)EntryKind.Symlink) throw Malformed($"has an entry of the unknown kind {kind}");
        byte[] path = FrontCodedPath(ref reader);
        if (kind == (byte)EntryKind.Symlink) return DirectoryEntry.Symlink(path, Text(ref reader, isUtf8: false));
        uint mode = reader.Varint32();
        long? time = HasTimes ? ManifestLayoutV2.UnZigZag(reader.Varint64()) : null;
        if (kind == (byte)EntryKind.Directory) return DirectoryEntry.Folder(path, mode, time);
        byte layout = reader.Byte();
        if (layout > ManifestLayoutV2.RefWithoutUri) throw Malformed($"has a ref of the unknown layout {layout}");
        ReadOnlySpan<byte> versioned = reader.Bytes(Length(ref reader, MaxRefBytes, "ref"));
        try
        {
            bool uriOmitted = layout == ManifestLayoutV2.RefWithoutUri;
            BlobRef blob = BlobRef.DecodeVersioned(versioned, uriOmitted);
            if (blob.HasDefaultUri != uriOmitted) throw Malformed("writes out the default URI of a ref");
            return DirectoryEntry.File(path, blob, mode, time);
        }
        catch (BlobFormatException error) when (error is not DirectoryFormatException)
        {
            throw BadRef(path, error);
        }
    }

    private byte[] FrontCodedPath(ref PostcardReader reader)
    {
        int shared = (int)Length(ref reader, _lastLength, "shared path");
        int rest = (int)Length(ref reader, DirectoryLimits.MaxPathBytes - shared, "path");
        byte[] path = new byte[shared + rest];
        _last.AsSpan(0, shared).CopyTo(path);
        reader.Bytes((ulong)rest).CopyTo(path.AsSpan(shared));
        ReadOnlySpan<byte> last = _last.AsSpan(0, _lastLength);
        if (Totals.Entries > 0 && last.SequenceCompareTo(path) >= 0)
            throw DirectoryFormatException.Of(EntryFault.NotInOrder, System.Text.Encoding.UTF8.GetString(path), "does not come behind the one before it");
        if (last.CommonPrefixLength(path) != shared) throw Malformed("repeats what an entry shares with the one before it");
        path.CopyTo(_last, 0);
        _lastLength = path.Length;
        return path;
    }

    private void ReadTotals(ref PostcardReader reader)
    {
        ulong files = reader.Varint64(), folders = reader.Varint64(), links = reader.Varint64(), bytes = reader.Varint64();
        if ((files, folders, links, bytes) != ((ulong)Totals.Files, (ulong)Totals.Directories, (ulong)Totals.Symlinks, Totals.Bytes))
            throw new DirectoryFormatException(EntryFault.TotalMismatch, null, "A directory manifest does not hold what the totals at its end say.");
    }

    private static byte[] Text(ref PostcardReader reader, bool isUtf8)
    {
        ReadOnlySpan<byte> text = reader.Bytes(Length(ref reader, DirectoryLimits.MaxPathBytes, "path or link"));
        if (isUtf8 && !Utf8.IsValid(text)) throw new DirectoryFormatException(EntryFault.NotUtf8, null, "A directory manifest has a name that is not UTF-8.");
        return text.ToArray();
    }

    private static ulong Length(ref PostcardReader reader, int max, string what)
    {
        ulong length = reader.Varint64();
        return length <= (ulong)max ? length : throw new DirectoryFormatException(
            EntryFault.NameTooLong, null, $"A directory manifest has a {what} of {length} bytes where at most {max} may be.");
    }

    private static BlobRef Ref(byte[] path, ReadOnlySpan<byte> encoded)
    {
        try
        {
            return BlobRef.Decode(encoded);
        }
        catch (BlobFormatException error)
        {
            throw BadRef(path, error);
        }
    }

    private static DirectoryFormatException BadRef(byte[] path, BlobFormatException error) => DirectoryFormatException.Of(
        EntryFault.BadRef, System.Text.Encoding.UTF8.GetString(path), $"has a ref that does not decode: {error.Message.TrimEnd('.')}");

    private DirectoryFormatException Malformed(DecodeException error) =>
        Malformed($"is malformed behind {Totals.Entries} entries: {error.Message.TrimEnd('.')}");

    private static DirectoryFormatException Malformed(string why) => new(EntryFault.Malformed, null, $"A directory manifest {why}.");
}
