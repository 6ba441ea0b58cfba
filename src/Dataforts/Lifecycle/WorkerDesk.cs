using Dataforts.Log;
using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>A store's workers as seen from any process: what became of their runs, and what an operator decides about them. A decision holds in the
/// process that runs them within a second or so, and in those to come.</summary>
/// <remarks>Thread-safe. The store may be open for reading.</remarks>
public sealed class WorkerDesk
{
    private readonly ChunkStore _store;
    private readonly WorkerFiles _files;

    /// <summary>Makes one.</summary>
    /// <param name="store">The store.</param>
    /// <param name="works">What its workers do.</param>
    /// <exception cref="ArgumentException">Two works have one name, or a name is none.</exception>
    public WorkerDesk(ChunkStore store, IReadOnlyList<IWork> works)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(works);
        foreach (IWork work in works)
        {
            if (!IsName(work.Name)) throw new ArgumentException($"\"{work.Name}\" is no name of a worker", nameof(works));
            if (works.Count(other => other.Name == work.Name) > 1) throw new ArgumentException($"two workers are called {work.Name}", nameof(works));
        }
        _store = store;
        _files = new WorkerFiles(store);
        Works = works;
    }

    /// <summary>What the workers do.</summary>
    public IReadOnlyList<IWork> Works { get; }

    internal WorkerFiles Files => _files;

    /// <summary>The workers, as their files have them.</summary>
    public IReadOnlyList<WorkerStatus> List()
    {
        bool hasWriter = _store.IsWritable || WriterLock.IsHeld(_store.Path);
        return [.. Works.Select(work => Describe(work, hasWriter))];
    }

    /// <summary>One worker.</summary>
    /// <exception cref="DatafortsException">WorkerNotFound.</exception>
    public WorkerStatus Find(string name) => Describe(WorkOf(name), _store.IsWritable || WriterLock.IsHeld(_store.Path));

    /// <summary>Lets a worker rest until it is resumed; a run under way ends, and goes on where it was when it is.</summary>
    /// <exception cref="DatafortsException">WorkerNotFound; NoSpace, ReadOnly or Io.</exception>
    public void Pause(string name) => Decide(name, control => control with { IsPaused = true });

    /// <summary>Ends a pause.</summary>
    /// <exception cref="DatafortsException">As <see cref="Pause"/>.</exception>
    public void Resume(string name) => Decide(name, control => control with { IsPaused = false });

    /// <summary>Sets the pace of a worker, also of one that is running.</summary>
    /// <param name="name">The worker.</param>
    /// <param name="bytesPerSecond">At least 1; null for none.</param>
    /// <exception cref="DatafortsException">As <see cref="Pause"/>.</exception>
    public void SetPace(string name, long? bytesPerSecond)
    {
        if (bytesPerSecond is { } rate) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(bytesPerSecond));
        Decide(name, control => control with { BytesPerSecond = bytesPerSecond });
    }

    internal IWork WorkOf(string name) => Works.FirstOrDefault(work => work.Name == name)
        ?? throw new DatafortsException(
            ErrorKind.WorkerNotFound, $"there is no worker \"{name}\"; there are {string.Join(", ", Works.Select(work => work.Name))}");

    internal WorkerStatus Describe(IWork work, WorkerRecord record, WorkerControl control, bool isRunning, bool isWaiting, string? damage) => new(
        work.Name, work.Description, WorkerPlan.StateOf(record, control, isRunning, isWaiting), record.Progress, control.BytesPerSecond,
        damage ?? record.LastError, record.EndedAt, WorkerPlan.NextRun(work.Schedule, record, control, work.IsUrgent, _store.Info.CreatedAt),
        record.Runs, record.Failures);

    private WorkerStatus Describe(IWork work, bool hasWriter)
    {
        WorkerControl control = _files.LoadControl(work.Name, out string? controlDamage);
        WorkerRecord record = _files.LoadRecord(work.Name, out string? recordDamage);
        return Describe(work, record, control, record.IsRunning && hasWriter, isWaiting: false, controlDamage ?? recordDamage);
    }

    private void Decide(string name, Func<WorkerControl, WorkerControl> decision)
    {
        IWork work = WorkOf(name);
        _files.Save(work.Name, decision(_files.LoadControl(work.Name, out _)));
    }

    private static bool IsName(string name) => name.Length is >= 1 and <= 32 && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
