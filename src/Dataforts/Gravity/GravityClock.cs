namespace Dataforts.Gravity;

/// <summary>The time that heat is counted in: since this was made. It does not jump when the wall clock is set.</summary>
/// <remarks>Thread-safe. All who share a registry share its clock.</remarks>
/// <param name="time">Where time comes from.</param>
public sealed class GravityClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Time since this was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);
}
