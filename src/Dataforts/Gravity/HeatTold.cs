namespace Dataforts.Gravity;

/// <summary>What others know of a key, and whether that is being changed.</summary>
/// <param name="Rate">The rate told last; 0 when nothing is advertised.</param>
/// <param name="Level">The hundredths that others see; 0 for none.</param>
/// <param name="Batch">The batch that is changing it; 0 for none.</param>
internal readonly record struct HeatTold(double Rate, byte Level, int Batch);
