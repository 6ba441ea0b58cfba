namespace Dataforts.Simulation.Caching;

/// <summary>A line of a trace is not <c>TIME KEY SIZE</c>.</summary>
public sealed class TraceFormatException : FormatException
{
    /// <summary>Names the line.</summary>
    public TraceFormatException(long line, string reason)
        : base($"line {line} of the trace: {reason}") => Line = line;

    /// <summary>Which, from 1.</summary>
    public long Line { get; }
}
