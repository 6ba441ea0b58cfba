using System.Buffers;

namespace Dataforts.Content.Directories;

/// <summary>Writes the entries of a directory manifest one behind the other. The head comes first in the manifest and may be asked for last,
/// because in the shared form it holds the number of entries.</summary>
/// <remarks>For one caller at a time. Checks nothing but that the form can hold an entry: <see cref="ManifestCheck"/> checks the rest.</remarks>
public sealed class DirectoryManifestWriter
{
    private readonly IBufferWriter<byte> _body;
    private readonly bool _hasTimes;
    private readonly byte[] _last = new byte[DirectoryLimits.MaxPathBytes];
    private int _lastLength;

    /// <summary>Makes a writer.</summary>
    /// <param name="body">Gets the entries.</param>
    /// <param name="version">In which form.</param>
    /// <param name="hasTimes">Whether times are written; the compact form alone has room for them.</param>
    /// <exception cref="ArgumentException">Times in the shared form.</exception>
    public DirectoryManifestWriter(IBufferWriter<byte> body, ManifestForm version, bool hasTimes = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (hasTimes && version != ManifestForm.Compact) throw new ArgumentException("The shared form of a manifest has no times.", nameof(hasTimes));
        (_body, Version, _hasTimes) = (body, version, hasTimes);
    }

    /// <summary>In which form it writes.</summary>
    public ManifestForm Version { get; }

    /// <summary>What was written so far.</summary>
    public DirectoryTotals Totals { get; private set; }

    /// <summary>Writes the next entry. Entries come in the order of their paths' bytes.</summary>
    /// <exception cref="DirectoryFormatException">The path or link is longer than any may be, or not in order.</exception>
    public void Write(DirectoryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ReadOnlySpan<byte> path = entry.PathBytes.Span, last = _last.AsSpan(0, _lastLength);
        if (path.Length > DirectoryLimits.MaxPathBytes || entry.TargetBytes.Length > DirectoryLimits.MaxPathBytes)
            throw DirectoryFormatException.Of(EntryFault.NameTooLong, entry, $"is longer than {DirectoryLimits.MaxPathBytes} bytes");
        if (Totals.Entries > 0 && last.SequenceCompareTo(path) >= 0)
            throw DirectoryFormatException.Of(EntryFault.NotInOrder, entry, "does not come behind the one before it");
        if (Version == ManifestForm.Shared) WriteShared(entry, path);
        else WriteCompact(entry, path, last.CommonPrefixLength(path));
        path.CopyTo(_last);
        _lastLength = path.Length;
        Totals = Totals.Plus(entry);
    }

    /// <summary>Writes what stands behind the last entry; nothing in the shared form.</summary>
    public void End()
    {
        if (Version == ManifestForm.Shared) return;
        Span<byte> bytes = _body.GetSpan(64);
        var writer = new PostcardWriter(bytes);
        writer.Byte(ManifestLayoutV2.End);
        writer.Varint((ulong)Totals.Files);
        writer.Varint((ulong)Totals.Directories);
        writer.Varint((ulong)Totals.Symlinks);
        writer.Varint(Totals.Bytes);
        _body.Advance(writer.Position);
    }

    /// <summary>What stands before the first entry.</summary>
    public byte[] Head()
    {
        ulong number = Version == ManifestForm.Shared ? (ulong)Totals.Entries : _hasTimes ? ManifestLayoutV2.TimesFlag : 0;
        byte[] head = new byte[1 + PostcardWriter.VarintLength(number)];
        var writer = new PostcardWriter(head);
        writer.Byte((byte)Version);
        writer.Varint(number);
        return head;
    }

    private void WriteShared(DirectoryEntry entry, ReadOnlySpan<byte> path)
    {
        int blobLength = entry.Blob?.EncodedLength ?? 0;
        Span<byte> bytes = _body.GetSpan(32 + path.Length + blobLength + entry.TargetBytes.Length);
        var writer = new PostcardWriter(bytes);
        writer.Varint((ulong)path.Length);
        writer.Bytes(path);
        writer.Byte((byte)entry.Kind);
        if (entry.Kind != EntryKind.Symlink) writer.Varint(entry.Mode);
        int length = writer.Position;
        if (entry.Kind == EntryKind.File)
        {
            writer.Varint((ulong)blobLength);
            length = writer.Position + entry.Blob!.Encode(bytes[writer.Position..]);
        }
        else if (entry.Kind == EntryKind.Symlink)
        {
            WriteText(ref writer, entry.TargetBytes.Span);
            length = writer.Position;
        }
        _body.Advance(length);
    }

    private void WriteCompact(DirectoryEntry entry, ReadOnlySpan<byte> path, int shared)
    {
        int blobLength = entry.Blob?.EncodedLength ?? 0;
        Span<byte> bytes = _body.GetSpan(64 + path.Length + blobLength + entry.TargetBytes.Length);
        var writer = new PostcardWriter(bytes);
        writer.Byte((byte)entry.Kind);
        writer.Varint((ulong)shared);
        WriteText(ref writer, path[shared..]);
        if (entry.Kind == EntryKind.Symlink)
        {
            WriteText(ref writer, entry.TargetBytes.Span);
            _body.Advance(writer.Position);
            return;
        }
        writer.Varint(entry.Mode);
        if (_hasTimes) writer.Varint(ManifestLayoutV2.ZigZag(entry.ModifiedAtNs ?? 0));
        int length = writer.Position;
        if (entry.Blob is { } blob)
        {
            bool uriOmitted = blob.HasDefaultUri;
            int versioned = blobLength - FormatLimits.RefMagic.Length - (uriOmitted ? blob.UriFieldLength : 0);
            writer.Byte(uriOmitted ? ManifestLayoutV2.RefWithoutUri : ManifestLayoutV2.WholeRef);
            writer.Varint((ulong)versioned);
            blob.EncodeVersioned(bytes.Slice(writer.Position, versioned), uriOmitted);
            length = writer.Position + versioned;
        }
        _body.Advance(length);
    }

    private static void WriteText(ref PostcardWriter writer, ReadOnlySpan<byte> text)
    {
        writer.Varint((ulong)text.Length);
        writer.Bytes(text);
    }
}
