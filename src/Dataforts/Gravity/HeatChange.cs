namespace Dataforts.Gravity;

/// <summary>A key whose advertised heat is to change.</summary>
/// <param name="Key">The chain or blob.</param>
/// <param name="Verdict">Emit or Withdraw.</param>
/// <param name="Rate">The rate that is told, 0 for Withdraw.</param>
/// <param name="Level">The hundredths on the wire, 0 for Withdraw.</param>
public readonly record struct HeatChange<TKey>(TKey Key, HeatVerdict Verdict, double Rate, int Level)
    where TKey : struct;
