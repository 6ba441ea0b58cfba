using System.Globalization;
using System.Text.Json;
using Dataforts.Cli.Commands.Blobs;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary>Entries of trees as people and scripts see them.</summary>
internal static class TreeReport
{
    private const uint PermissionBits = 0xFFF;

    /// <summary>A list of what is refused, and why.</summary>
    public static void WriteFaults(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<DirectoryFormatException> faults)
    {
        json.WriteStartArray(name);
        foreach (DirectoryFormatException fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, fault.Entry);
            json.WriteString("fault"u8, fault.Fault.ToString());
            json.WriteString("message"u8, fault.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The fields of an entry.</summary>
    public static void WriteEntry(Utf8JsonWriter json, DirectoryEntry entry)
    {
        json.WriteString("path"u8, entry.Path);
        json.WriteString("kind"u8, TreeOptions.KindOf(entry.Kind));
        if (entry.Kind != EntryKind.Symlink) json.WriteString("mode"u8, entry.Mode == 0 ? null : ModeOf(entry));
        if (entry.Blob is { } blob)
        {
            json.WriteUInt64("size"u8, blob.SizeBytes);
            json.WriteString("ref"u8, blob.ToText());
        }
        if (entry.Kind == EntryKind.Symlink) json.WriteString("target"u8, entry.Target);
        if (entry.ModifiedAtNs is { } time) json.WriteString("modifiedAt"u8, TimeText.Of(TimeOf(time)));
    }

    /// <summary>An entry on one line.</summary>
    public static string LineOf(DirectoryEntry entry)
    {
        string mode = entry.Mode == 0 ? "    -" : ModeOf(entry).PadLeft(5);
        string size = entry.Blob is { } blob ? blob.SizeBytes.ToString(CultureInfo.InvariantCulture) : "-";
        string end = entry.Kind switch { EntryKind.Directory => "/", EntryKind.Symlink => $" -> {Display.Escape(entry.Target)}", _ => "" };
        return $"{mode}  {size,15}  {Display.Escape(entry.Path)}{end}";
    }

    private static string ModeOf(DirectoryEntry entry) => Convert.ToString(entry.Mode & PermissionBits, 8).PadLeft(4, '0');

    private static DateTimeOffset TimeOf(long ns) => DateTimeOffset.UnixEpoch.AddTicks(ns / TimeSpan.NanosecondsPerTick);
}
