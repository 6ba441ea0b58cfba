using System.Buffers;
using Dataforts.Content;
using Dataforts.Content.Directories;

namespace Dataforts.Formats.Tests.Content.Directories;

/// <summary>Manifests as bytes and as entries.</summary>
internal static class Manifests
{
    public static readonly SmallRef Ref = SmallRef.Create(BlobHash.Compute("content"u8), 7);

    public static byte[] Encode(ManifestForm version, IEnumerable<DirectoryEntry> entries, bool hasTimes = false)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new DirectoryManifestWriter(body, version, hasTimes);
        foreach (DirectoryEntry entry in entries) writer.Write(entry);
        writer.End();
        return [.. writer.Head(), .. body.WrittenSpan];
    }

    /// <summary>The shared form written without any check, in the order given.</summary>
    public static byte[] Raw(params DirectoryEntry[] entries)
    {
        byte[] bytes = [1, .. Varint((ulong)entries.Length)];
        foreach (DirectoryEntry entry in entries)
        {
            bytes = [.. bytes, .. Varint((ulong)entry.PathBytes.Length), .. entry.PathBytes.Span, (byte)entry.Kind];
            bytes = entry.Kind switch
            {
                EntryKind.File => [.. bytes, .. Varint(entry.Mode), .. Varint((ulong)entry.Blob!.EncodedLength), .. entry.Blob.Encode()],
                EntryKind.Directory => [.. bytes, .. Varint(entry.Mode)],
                _ => [.. bytes, .. Varint((ulong)entry.TargetBytes.Length), .. entry.TargetBytes.Span],
            };
        }
        return bytes;
    }

    /// <summary>Reads all of it, in pieces of so many bytes.</summary>
    public static async Task<List<DirectoryEntry>> DecodeAsync(byte[] bytes, int pieces = int.MaxValue)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using var reader = await DirectoryManifestReader.OpenAsync(new PieceStream(bytes, pieces), cancel);
        var entries = new List<DirectoryEntry>();
        await foreach (DirectoryEntry entry in reader.ReadAllAsync(cancel)) entries.Add(entry);
        return entries;
    }

    /// <summary>What all of an entry says.</summary>
    public static string Describe(DirectoryEntry entry) =>
        $"{entry.Kind} {Hex(entry.PathBytes)} {entry.Mode} {entry.ModifiedAtNs} {entry.Blob} {Hex(entry.TargetBytes)}";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private sealed class PieceStream(byte[] bytes, int pieces) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieces)], cancellationToken);
    }
}
