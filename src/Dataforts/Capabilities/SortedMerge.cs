namespace Dataforts.Capabilities;

/// <summary>Walks over two ordered lists at once.</summary>
internal static class SortedMerge
{
    /// <summary>What only one of them has, in order.</summary>
    public static IEnumerable<MergeStep<T>> Differences<T>(IEnumerable<T> before, IEnumerable<T> after, IComparer<T> order)
    {
        using IEnumerator<T> old = before.GetEnumerator(), now = after.GetEnumerator();
        bool hasOld = old.MoveNext(), hasNow = now.MoveNext();
        while (hasOld || hasNow)
        {
            int sign = !hasOld ? 1 : !hasNow ? -1 : order.Compare(old.Current, now.Current);
            if (sign < 0) yield return new(old.Current, IsAdded: false);
            else if (sign > 0) yield return new(now.Current, IsAdded: true);
            if (sign <= 0) hasOld = old.MoveNext();
            if (sign >= 0) hasNow = now.MoveNext();
        }
    }

    /// <summary>What either has, each once, in order.</summary>
    public static IEnumerable<T> Union<T>(IEnumerable<T> before, IEnumerable<T> after, IComparer<T> order)
    {
        using IEnumerator<T> old = before.GetEnumerator(), now = after.GetEnumerator();
        bool hasOld = old.MoveNext(), hasNow = now.MoveNext();
        while (hasOld || hasNow)
        {
            int sign = !hasOld ? 1 : !hasNow ? -1 : order.Compare(old.Current, now.Current);
            yield return sign <= 0 ? old.Current : now.Current;
            if (sign <= 0) hasOld = old.MoveNext();
            if (sign >= 0) hasNow = now.MoveNext();
        }
    }
}
