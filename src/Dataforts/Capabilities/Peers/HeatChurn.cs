using System.Collections.Immutable;

namespace Dataforts.Capabilities.Peers;

/// <summary>How much of a peer's new heat is taken over now. Pure.</summary>
/// <remarks>Taking heat back is free. Of more changes than a peer may make, those to the hottest go first, ties by key; the others keep what was known before,
/// and are looked at again with the next announcement.</remarks>
internal static class HeatChurn
{
    /// <summary>Settles both lists, chains first.</summary>
    public static ImmutableArray<Mark<TKey>> Settle<TKey>(
        ImmutableArray<Mark<TKey>> had, ImmutableArray<Mark<TKey>> wanted, ref HeatAllowance allowance, ref long held)
        where TKey : IComparable<TKey>
    {
        List<Mark<TKey>> changes = [];
        int next = 0;
        foreach (Mark<TKey> mark in wanted)
        {
            if (mark.Level > 0 && mark.Level != LevelIn(had, mark.Key, ref next)) changes.Add(mark);
        }
        int allowed = (int)Math.Min(allowance.Credit, changes.Count);
        allowance = allowance.Spend(allowed);
        if (allowed == changes.Count) return wanted;
        held += changes.Count - allowed;
        changes.Sort(static (a, b) => a.Level != b.Level ? b.Level.CompareTo(a.Level) : a.Key.CompareTo(b.Key));
        HashSet<TKey> refused = [.. changes.Skip(allowed).Select(mark => mark.Key)];
        var settled = ImmutableArray.CreateBuilder<Mark<TKey>>(wanted.Length);
        next = 0;
        foreach (Mark<TKey> mark in wanted)
        {
            int before = LevelIn(had, mark.Key, ref next);
            Mark<TKey> now = refused.Contains(mark.Key) ? mark with { Level = before } : mark;
            if (now.Level > 0 || now.Claim is not null) settled.Add(now);
        }
        return settled.DrainToImmutable();
    }

    // Both lists are ordered, so the place only moves on.
    private static int LevelIn<TKey>(ImmutableArray<Mark<TKey>> marks, TKey key, ref int next)
        where TKey : IComparable<TKey>
    {
        while (next < marks.Length && marks[next].Key.CompareTo(key) < 0) next++;
        return next < marks.Length && marks[next].Key.CompareTo(key) == 0 ? marks[next].Level : 0;
    }
}
