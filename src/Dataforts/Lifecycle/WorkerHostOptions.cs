namespace Dataforts.Lifecycle;

/// <summary>How workers are run.</summary>
public sealed record WorkerHostOptions
{
    /// <summary>How often a host looks whether work is due, and what has been decided about it elsewhere.</summary>
    /// <value>One second.</value>
    public TimeSpan LookEvery
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>How often what a run keeps is put on disk.</summary>
    /// <value>Five seconds.</value>
    public TimeSpan KeepEvery
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>How many workers may run at once; the others wait for their turn.</summary>
    /// <value>One: they share a disk.</value>
    public int MaxRunning
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1;
}
