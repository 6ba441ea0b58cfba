using System.Threading.Channels;
using Dataforts.Lifecycle;

namespace Dataforts.Tests.Lifecycle;

/// <summary>Work in steps that a test lets go one by one. Its cursor is how many are done.</summary>
internal sealed class StepWork(string name, int steps) : IWork
{
    private readonly Channel<int> _allowed = Channel.CreateUnbounded<int>();

    public string Name => name;

    public string Description => "Steps.";

    public WorkSchedule Schedule { get; init; } = new(TimeSpan.FromHours(1));

    public bool IsUrgent { get; set; }

    /// <summary>Runs begun.</summary>
    public int Begun;

    /// <summary>Steps done, in all runs.</summary>
    public int Done;

    /// <summary>Where each run began.</summary>
    public List<int> Starts { get; } = [];

    /// <summary>Thrown at the next step.</summary>
    public Exception? Error { get; set; }

    /// <summary>What a run returns.</summary>
    public string? Trouble { get; set; }

    public void Allow(int count)
    {
        for (int i = 0; i < count; i++) Assert.True(_allowed.Writer.TryWrite(i));
    }

    public async Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Begun);
        int start = run.Cursor.IsEmpty ? 0 : run.Cursor.Span[0];
        lock (Starts) Starts.Add(start);
        for (int step = start; step < steps; step++)
        {
            await _allowed.Reader.ReadAsync(cancellationToken);
            if (Error is { } error) throw error;
            await run.Pacing.TakeAsync(100, cancellationToken);
            Interlocked.Increment(ref Done);
            run.Keep([(byte)(step + 1)]);
            run.Report(step + 1, steps);
        }
        return Trouble;
    }
}
