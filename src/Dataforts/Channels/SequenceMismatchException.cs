namespace Dataforts.Channels;

/// <summary>An append expected another number than its first event would have got. Nothing was appended.</summary>
public sealed class SequenceMismatchException : DatafortsException
{
    /// <summary>Makes one.</summary>
    public SequenceMismatchException(ulong expected, ulong actual)
        : base(ErrorKind.SequenceMismatch, $"the next event of the channel is {actual}, not {expected} as expected") => (Expected, Actual) = (expected, actual);

    /// <summary>The number that was expected.</summary>
    public ulong Expected { get; }

    /// <summary>The number that the event would have got.</summary>
    public ulong Actual { get; }
}
