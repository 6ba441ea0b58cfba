namespace Dataforts.Gravity;

/// <summary>An instant as forward decay sees it: which landmark it follows, and what a read at that instant weighs beside one at the landmark.</summary>
/// <param name="Epoch">Landmarks since the clock's origin.</param>
/// <param name="Weight">2^(half-lives since the landmark), at least 1 and below 2^<see cref="HalfLife.LandmarkHalfLives"/>.</param>
public readonly record struct HeatMoment(int Epoch, double Weight);
