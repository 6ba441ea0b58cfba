namespace Dataforts.Gravity;

/// <summary>What one tick wants to tell, in one announcement. Give it back by <see cref="HeatRegistry{TKey}.Commit"/> when that was taken, by
/// <see cref="HeatRegistry{TKey}.RollBack"/> when not; until then other ticks leave its keys alone.</summary>
public sealed class HeatBatch<TKey>
    where TKey : struct
{
    private readonly HeatChange<TKey>[] _changes;

    internal HeatBatch(int id, HeatChange<TKey>[] changes) => (Id, _changes) = (id, changes);

    /// <summary>Withdrawals in key order, then emissions hottest first.</summary>
    public IReadOnlyList<HeatChange<TKey>> Changes => _changes;

    internal int Id { get; }
}
