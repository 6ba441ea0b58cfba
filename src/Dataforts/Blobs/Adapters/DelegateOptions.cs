namespace Dataforts.Blobs.Adapters;

/// <summary>How a host's callbacks are called.</summary>
public sealed record DelegateOptions
{
    /// <summary>What the adapter is registered under.</summary>
    public required string Id { get; init; }

    /// <summary>The schemes it takes; none for any.</summary>
    public IReadOnlyList<string> Schemes { get; init; } = [];

    /// <summary>How long one call may take. When it is over the caller gets Transient at once; the callback is told by its token, may end when
    /// it likes, and what it still returns is released. Content is copied before it is handed to a store callback, as that may outlive the call.</summary>
    /// <value>Null: a call takes as long as the callback.</value>
    public TimeSpan? CallBudget
    {
        get;
        init
        {
            if (value is { } budget) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(budget, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>The clock of <see cref="CallBudget"/>.</summary>
    /// <value><see cref="TimeProvider.System"/>.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
