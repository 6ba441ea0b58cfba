using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Store.Events;

/// <summary>How much of a channel stays. Limits combine: what one of them drops is dropped.</summary>
public sealed record EventRetention
{
    private const long TicksPerMs = TimeSpan.TicksPerMillisecond;

    /// <summary>Everything stays until it is trimmed.</summary>
    public static EventRetention Everything { get; } = new();

    /// <summary>The newest so many events; null for any number, else at least 1.</summary>
    public long? MaxCount
    {
        get;
        init
        {
            if (value is { } count) ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(value));
            field = value;
        }
    }

    /// <summary>The newest events with so many bytes together; null for any number, else at least 1. Each counts for its payload and
    /// <see cref="EventLimits.EventOverheadBytes"/> more, so that empty events end as well. The newest event stays whatever its length.</summary>
    public long? MaxBytes
    {
        get;
        init
        {
            if (value is { } bytes) ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1, nameof(value));
            field = value;
        }
    }

    /// <summary>Events appended no longer ago than this, in whole milliseconds; null for however long, else at least one.</summary>
    public TimeSpan? MaxAge
    {
        get;
        init
        {
            if (value is { } age) ArgumentOutOfRangeException.ThrowIfLessThan(age, TimeSpan.FromMilliseconds(1), nameof(value));
            field = value;
        }
    }

    internal long? MaxAgeMs => MaxAge is { } age ? age.Ticks / TicksPerMs : null;

    internal static bool TryMake(long count, long bytes, long ageMs, [NotNullWhen(true)] out EventRetention? retention)
    {
        bool isSound = IsLimit(count) && IsLimit(bytes) && IsLimit(ageMs) && ageMs <= TimeSpan.MaxValue.Ticks / TicksPerMs;
        retention = !isSound ? null : new EventRetention
        {
            MaxCount = count > 0 ? count : null,
            MaxBytes = bytes > 0 ? bytes : null,
            MaxAge = ageMs > 0 ? TimeSpan.FromTicks(ageMs * TicksPerMs) : null,
        };
        return isSound;
    }

    private static bool IsLimit(long value) => value is -1 or > 0;
}
