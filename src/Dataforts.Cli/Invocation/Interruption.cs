using System.Runtime.InteropServices;
using Dataforts.Cli.Errors;

namespace Dataforts.Cli.Invocation;

/// <summary>Ctrl-C and its like: the first one cancels, the second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    // Cleaning up after a cancelled write takes a flush of the disk at most. What hangs longer waits for a terminal or a pipe.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // SIGXFSZ: a write went over the limit on a file's size. Unhandled it ends the process; handled, the write fails, and that is told.
    private const int FileSizeLimit = 25;

    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource _graceIsOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private Timer? _timer;

    public Interruption()
    {
        foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        if (!OperatingSystem.IsWindows())
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)FileSizeLimit, context => context.Cancel = true));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancelled.Token;

    /// <summary>Completes when the command has had its time to clean up after the first signal.</summary>
    public Task GraceIsOver => _graceIsOver.Task;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _timer?.Dispose();
        _cancelled.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_cancelled.IsCancellationRequested) Environment.Exit(ExitCode.Cancelled);
        _timer = new Timer(_ => _graceIsOver.TrySetResult(), null, Grace, Timeout.InfiniteTimeSpan);
        _cancelled.Cancel();
    }
}
