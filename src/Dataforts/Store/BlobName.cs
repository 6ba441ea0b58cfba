using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Dataforts.Store;

/// <summary>What a blob may be called: 1 to 1,024 bytes of UTF-8 without control characters, not "-", and nothing that could be taken for a ref.</summary>
public static class BlobName
{
    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(char.IsControl)]);

    /// <summary>What is wrong with a name.</summary>
    /// <returns>A sentence part for a person, or null when the name is good.</returns>
    public static string? Reject(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) return "a name has at least one character";
        if (name == "-") return "\"-\" stands for standard input and cannot be a name";
        if (name.StartsWith("df1-", StringComparison.Ordinal)) return "a name does not begin with \"df1-\", as refs do";
        if (name.StartsWith("b0b1b2b3", StringComparison.Ordinal)) return "a name does not begin with \"b0b1b2b3\", as refs do";
        if (name.AsSpan().ContainsAny(ControlCharacters)) return "a name has no control characters";
        if (name.Length > StoreLimits.MaxNameBytes) return TooLong(name.Length);
        Span<byte> utf8 = stackalloc byte[StoreLimits.MaxNameBytes * 3];
        if (Utf8.FromUtf16(name, utf8, out _, out int bytes, replaceInvalidSequences: false) != OperationStatus.Done) return "a name is valid Unicode";
        return bytes > StoreLimits.MaxNameBytes ? TooLong(bytes) : null;
    }

    /// <summary>Throws when <see cref="Reject"/> finds something.</summary>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public static void ThrowIfInvalid([NotNull] string? name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Reject(name) is { } reason) throw new ArgumentException(reason, nameof(name));
    }

    private static string TooLong(int atLeast) => $"a name has at most {StoreLimits.MaxNameBytes} bytes of UTF-8, this one has {atLeast} or more";
}
