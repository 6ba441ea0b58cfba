using System.Text;

namespace Dataforts.Directories;

/// <summary>A pattern for paths: <c>*</c> stands for any part of a component, <c>?</c> for one character, <c>[a-z]</c> and <c>[!a-z]</c> for one of some,
/// <c>**</c> for any number of components. A pattern without a slash is for a name at any depth. What is below a match matches too.</summary>
/// <remarks>Immutable and thread-safe. Bytes are compared, so that non-ASCII characters take several <c>?</c>. The time taken is at most
/// proportional to the lengths of pattern and path multiplied.</remarks>
internal sealed class GlobPattern
{
    private static readonly byte[] AnyDepth = "**"u8.ToArray();

    private readonly byte[][] _components;

    private GlobPattern(byte[][] components) => _components = components;

    /// <exception cref="ArgumentException">It is empty, or begins at a root.</exception>
    public static GlobPattern Parse(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        string text = pattern.TrimEnd('/');
        if (text.Length == 0 || text[0] == '/') throw new ArgumentException($"the pattern '{pattern}' is to be relative to the tree", nameof(pattern));
        if (!text.Contains('/', StringComparison.Ordinal)) text = "**/" + text;
        return new GlobPattern([.. text.Split('/').Where(component => component.Length > 0).Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>Whether the path or a folder above it is meant.</summary>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        // Which components of the pattern may come next, as the path is gone through.
        Span<bool> at = _components.Length < 256 ? stackalloc bool[_components.Length + 1] : new bool[_components.Length + 1];
        at[0] = true;
        Skip(at);
        while (true)
        {
            int end = path.IndexOf((byte)'/');
            Step(at, end < 0 ? path : path[..end]);
            if (at[_components.Length]) return true;
            if (end < 0) return false;
            path = path[(end + 1)..];
        }
    }

    private void Step(Span<bool> at, ReadOnlySpan<byte> name)
    {
        // From the back, so that what is set was set before this name.
        at[_components.Length] = false;
        for (int i = _components.Length - 1; i >= 0; i--)
        {
            if (!at[i]) continue;
            bool isAnyDepth = IsAnyDepth(i);
            at[i] = isAnyDepth;
            if (isAnyDepth || IsMatch(_components[i], name)) at[i + 1] = true;
        }
        Skip(at);
    }

    // No component at all will do as well.
    private void Skip(Span<bool> at)
    {
        for (int i = 0; i < _components.Length; i++)
        {
            if (at[i] && IsAnyDepth(i) && i + 1 < _components.Length) at[i + 1] = true;
        }
    }

    private bool IsAnyDepth(int index) => _components[index].AsSpan().SequenceEqual(AnyDepth);

    // The last star alone need ever be gone back to.
    private static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        int p = 0, n = 0, star = -1, afterStar = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                afterStar = n;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, name[n], out int next))
            {
                p = next;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++afterStar;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<byte> pattern, int at, byte value, out int next)
    {
        next = at + 1;
        if (pattern[at] == '?') return true;
        int close = pattern[at] == '[' ? pattern[(at + 1)..].IndexOf((byte)']') : -1;
        if (close <= 0) return pattern[at] == value;
        ReadOnlySpan<byte> set = pattern.Slice(at + 1, close);
        next = at + close + 2;
        bool isNegated = set[0] is (byte)'!' or (byte)'^', isIn = false;
        if (isNegated) set = set[1..];
        for (int i = 0; i < set.Length; i++)
        {
            bool isRange = i + 2 < set.Length && set[i + 1] == '-';
            isIn |= isRange ? value >= set[i] && value <= set[i + 2] : value == set[i];
            if (isRange) i += 2;
        }
        return isIn != isNegated;
    }
}
