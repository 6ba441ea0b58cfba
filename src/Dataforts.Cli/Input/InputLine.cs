namespace Dataforts.Cli.Input;

/// <summary>A line of input, without its end.</summary>
internal readonly ref struct InputLine(long number, ReadOnlySpan<byte> content, bool isTooLong)
{
    /// <summary>From 1.</summary>
    public long Number { get; } = number;

    /// <summary>The bytes; valid until the reader is used again. Empty when <see cref="IsTooLong"/>.</summary>
    public ReadOnlySpan<byte> Content { get; } = content;

    /// <summary>Whether the line was above the limit; its content was dropped.</summary>
    public bool IsTooLong { get; } = isTooLong;
}
