namespace Dataforts.Capabilities;

/// <summary>Where the parts of a tag's text are. Pure; allocates nothing.</summary>
internal static class TagGrammar
{
    public const string Causal = "causal:";
    public const string Dataforts = "dataforts:";
    public const string ForkOf = "fork-of:";
    public const string Heat = "heat:";
    public const string Scope = "scope:";

    private static readonly string[] Reserved = [Causal, Dataforts, ForkOf, Heat, Scope];
    private static readonly string[] Axes = ["hardware.", "software.", "devices.", "dataforts."];

    /// <summary>The length of a reserved prefix with its colon; 0 for none.</summary>
    public static int ReservedLength(ReadOnlySpan<char> text) => Length(text, Reserved);

    /// <summary>The length of an axis with its dot; 0 for none.</summary>
    public static int AxisLength(ReadOnlySpan<char> text) => Length(text, Axes);

    /// <summary>Where the value of an axis tag is set off; -1 when it has none.</summary>
    public static int Separator(ReadOnlySpan<char> text, int head)
    {
        int separator = text[head..].IndexOfAny('=', ':');
        return separator < 0 ? -1 : head + separator;
    }

    private static int Length(ReadOnlySpan<char> text, string[] heads)
    {
        foreach (string head in heads)
        {
            if (text.StartsWith(head, StringComparison.Ordinal)) return head.Length;
        }
        return 0;
    }
}
