namespace Dataforts.Simulation.Gravity;

/// <summary>What one course of reads made a node tell.</summary>
/// <param name="Emissions">Values told.</param>
/// <param name="Withdrawals">Values taken back.</param>
/// <param name="Told">Each with its time in half-lives and its hundredths.</param>
internal sealed record EmissionCounts(int Emissions, int Withdrawals, IReadOnlyList<(double HalfLives, int Level)> Told);
