using Dataforts.Content.Directories;

namespace Dataforts.Tests.Directories;

/// <summary>Writes the shared form without any check, in the order given: what a stranger may send.</summary>
internal static class RawManifest
{
    public static byte[] Of(params DirectoryEntry[] entries)
    {
        var bytes = new List<byte> { 1 };
        Varint(bytes, (ulong)entries.Length);
        foreach (DirectoryEntry entry in entries)
        {
            Text(bytes, entry.PathBytes.Span);
            bytes.Add((byte)entry.Kind);
            if (entry.Kind != EntryKind.Symlink) Varint(bytes, entry.Mode);
            else Text(bytes, entry.TargetBytes.Span);
            if (entry.Blob is { } blob) Text(bytes, blob.Encode());
        }
        return [.. bytes];
    }

    private static void Text(List<byte> bytes, ReadOnlySpan<byte> text)
    {
        Varint(bytes, (ulong)text.Length);
        bytes.AddRange(text);
    }

    private static void Varint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
