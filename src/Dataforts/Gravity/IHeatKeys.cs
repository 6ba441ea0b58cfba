namespace Dataforts.Gravity;

/// <summary>Keys one after another, for a bump that lists them nowhere. Meant to be a struct, so that walking them allocates nothing.</summary>
public interface IHeatKeys<TKey>
    where TKey : struct
{
    /// <summary>The key it stands on.</summary>
    TKey Current { get; }

    /// <summary>Goes to the next, or to the first; false at the end.</summary>
    bool MoveNext();
}
