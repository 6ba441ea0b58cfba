using System.Collections.Immutable;

namespace Dataforts.Gravity;

/// <summary>What one tick did.</summary>
/// <param name="Told">Values told and taken back, and taken.</param>
/// <param name="Pulled">Copies made.</param>
/// <param name="Failed">Copies that nobody could give, or whose fetch failed.</param>
/// <param name="Dropped">Copies that made room.</param>
/// <param name="Refusals">Candidates not pulled, by <see cref="PullRefusal"/>.</param>
/// <param name="Bars">Candidates that the node may not pull, by <see cref="PullBar"/>.</param>
public sealed record GravityReport(int Told, int Pulled, int Failed, int Dropped, ImmutableArray<int> Refusals, ImmutableArray<int> Bars)
{
    /// <summary>Whether the announcement was refused with an error, such as an offer that is full; a later tick tries again.</summary>
    public bool IsRefused { get; init; }
}
