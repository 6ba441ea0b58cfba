using System.Text.Unicode;

namespace Dataforts.Content.Directories;

/// <summary>What is wrong with a path or a link's text taken by itself.</summary>
internal static class NameRules
{
    private const byte Delete = 0x7F;

    /// <summary>Why a path is refused; null when it is not.</summary>
    public static (EntryFault Fault, string Why)? Reject(ReadOnlySpan<byte> path, EntryRules rules, int maxDepth)
    {
        if (path.IsEmpty) return (EntryFault.EmptyName, "has no name");
        if (path.Length > DirectoryLimits.MaxPathBytes) return (EntryFault.NameTooLong, $"is longer than {DirectoryLimits.MaxPathBytes} bytes");
        if (path[0] == '/') return (EntryFault.Absolute, "is absolute");
        if (RejectBytes(path, rules) is { } fault) return fault;
        int depth = 0;
        while (true)
        {
            int end = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = end < 0 ? path : path[..end];
            if (name.IsEmpty) return (EntryFault.EmptyName, "has an empty component");
            if (name is [(byte)'.'] or [(byte)'.', (byte)'.']) return (EntryFault.DotName, "has a component that is '.' or '..'");
            if (RejectName(name, rules) is { } bad) return bad;
            if (++depth > maxDepth) return (EntryFault.TooDeep, $"has more than the allowed {maxDepth} components");
            if (end < 0) return null;
            path = path[(end + 1)..];
        }
    }

    /// <summary>Why a link's text is refused whatever stands in the tree; null when it is not.</summary>
    public static (EntryFault Fault, string Why)? RejectTarget(ReadOnlySpan<byte> target, EntryRules rules)
    {
        if (target.IsEmpty) return (EntryFault.EmptyName, "is a link to nothing");
        if (target[0] == '/') return (EntryFault.Absolute, "is a link to an absolute path");
        if (target is [_, (byte)':', ..]) return (EntryFault.Absolute, "is a link to a drive");
        if (RejectBytes(target, rules) is { } fault) return (fault.Fault, $"is a link whose text {fault.Why}");
        while (true)
        {
            int end = target.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = end < 0 ? target : target[..end];
            bool isPlain = !name.IsEmpty && name is not ([(byte)'.'] or [(byte)'.', (byte)'.']);
            if (isPlain && RejectName(name, rules) is { } bad) return (bad.Fault, $"is a link whose text {bad.Why}");
            if (end < 0) return null;
            target = target[(end + 1)..];
        }
    }

    private static (EntryFault Fault, string Why)? RejectBytes(ReadOnlySpan<byte> text, EntryRules rules)
    {
        if (text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains(Delete)) return (EntryFault.ControlCharacter, "has a control character");
        if (rules == EntryRules.Unix) return null;
        if (!Utf8.IsValid(text)) return (EntryFault.NotUtf8, "is not UTF-8");
        // U+0080 to U+009F are control characters too: C2 and 80 to 9F.
        for (int at = text.IndexOf((byte)0xC2); at >= 0 && at + 1 < text.Length;)
        {
            if (text[at + 1] is >= 0x80 and <= 0x9F) return (EntryFault.ControlCharacter, "has a control character");
            int next = text[(at + 1)..].IndexOf((byte)0xC2);
            if (next < 0) break;
            at += 1 + next;
        }
        return text.IndexOfAny((byte)'\\', (byte)':') < 0 ? null : (EntryFault.ForbiddenCharacter, "has a backslash or a colon");
    }

    private static (EntryFault Fault, string Why)? RejectName(ReadOnlySpan<byte> name, EntryRules rules)
    {
        if (name.Length > DirectoryLimits.MaxNameBytes) return (EntryFault.NameTooLong, $"has a component of more than {DirectoryLimits.MaxNameBytes} bytes");
        if (rules == EntryRules.Unix) return null;
        if (name[^1] is (byte)'.' or (byte)' ') return (EntryFault.TrailingDotOrSpace, "has a component that ends in a dot or a space");
        return IsDevice(name) ? (EntryFault.DeviceName, "has a component that is a device on some system") : null;
    }

    /// <summary>Windows opens a device whatever follows the name behind a dot, and spaces before that.</summary>
    private static bool IsDevice(ReadOnlySpan<byte> name)
    {
        int dot = name.IndexOf((byte)'.');
        ReadOnlySpan<byte> stem = (dot < 0 ? name : name[..dot]).TrimEnd((byte)' ');
        if (stem.Length is < 3 or > 7) return false;
        Span<byte> upper = stackalloc byte[7];
        for (int i = 0; i < stem.Length; i++) upper[i] = stem[i] is >= (byte)'a' and <= (byte)'z' ? (byte)(stem[i] & ~0x20) : stem[i];
        upper = upper[..stem.Length];
        if (upper.SequenceEqual("CON"u8) || upper.SequenceEqual("PRN"u8) || upper.SequenceEqual("AUX"u8) || upper.SequenceEqual("NUL"u8)) return true;
        if (upper.SequenceEqual("CONIN$"u8) || upper.SequenceEqual("CONOUT$"u8)) return true;
        if (!upper.StartsWith("COM"u8) && !upper.StartsWith("LPT"u8)) return false;
        // The digits, and the superscript one, two and three, which count as digits there.
        return upper[3..] is [>= (byte)'0' and <= (byte)'9'] or [0xC2, 0xB9 or 0xB2 or 0xB3];
    }
}
