using System.Text;
using Spectre.Console;

namespace Dataforts.Cli.Output;

/// <summary>A bar with rate and remaining time, drawn on standard error while something long goes on; nothing when it is not shown.</summary>
/// <remarks>The terminal library is loaded only when there is something to draw.</remarks>
internal sealed class ProgressDisplay(Stream error, bool isShown)
{
    // Below this there is nothing to wait for.
    private const long WorthShowingFromBytes = 64 << 20;

    /// <summary>Runs <paramref name="work"/>, which reports the bytes done so far; the bar is gone before this returns.</summary>
    /// <param name="title">What goes on.</param>
    /// <param name="totalBytes">How much there is; null when unknown.</param>
    /// <param name="work">Its reports may come from any thread, and as often as it likes.</param>
    /// <param name="cancellationToken">Handed to <paramref name="work"/>.</param>
    public Task<T> RunAsync<T>(
        string title, long? totalBytes, Func<IProgress<long>, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        isShown && totalBytes is null or >= WorthShowingFromBytes
            ? DrawAsync(title, totalBytes, work, cancellationToken)
            : work(Ignored.Instance, cancellationToken);

    /// <summary>Runs <paramref name="work"/> on many things, of which it says how many bytes are done, of how many (null when unknown), and on which.</summary>
    public async Task<T> RunOnManyAsync<T>(
        string title, Func<Action<long, long?, string>, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!isShown) return await work(static (_, _, _) => { }, cancellationToken);
        await using StreamWriter writer = Writer();
        ProgressColumn[] columns =
            [new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn()];
        return await ConsoleOn(writer).Progress().AutoClear(true).Columns(columns).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(Display.Escape(title)), maxValue: double.MaxValue);
            task.IsIndeterminate = true;
            return await work((done, total, current) =>
            {
                if (total is { } known)
                {
                    task.IsIndeterminate = false;
                    task.MaxValue = Math.Max(1, known);
                }
                task.Value = done;
                task.Description = Markup.Escape(Display.Escape($"{title}  {current}"));
            }, cancellationToken);
        });
    }

    /// <summary>Runs <paramref name="work"/> that cannot say how far it is, beside its title and the time that it has taken.</summary>
    public async Task<T> RunStepAsync<T>(string title, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!isShown) return await work(cancellationToken);
        await using StreamWriter writer = Writer();
        return await ConsoleOn(writer).Progress().AutoClear(true).Columns([new SpinnerColumn(), new TaskDescriptionColumn(), new ElapsedTimeColumn()])
            .StartAsync(async context =>
            {
                context.AddTask(Markup.Escape(Display.Escape(title))).IsIndeterminate = true;
                return await work(cancellationToken);
            });
    }

    private async Task<T> DrawAsync<T>(
        string title, long? totalBytes, Func<IProgress<long>, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using StreamWriter writer = Writer();
        IAnsiConsole console = ConsoleOn(writer);
        ProgressColumn[] columns = totalBytes is null
            ? [new SpinnerColumn(), new TaskDescriptionColumn(), new DownloadedColumn(), new TransferSpeedColumn()]
            : [new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn()];
        return await console.Progress().AutoClear(true).Columns(columns).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(Display.Escape(title)), maxValue: totalBytes ?? double.MaxValue);
            task.IsIndeterminate = totalBytes is null;
            return await work(new Bar(task), cancellationToken);
        });
    }

    private StreamWriter Writer() => new(error, new UTF8Encoding(false), 1024, leaveOpen: true) { AutoFlush = true };

    private static IAnsiConsole ConsoleOn(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = value;
    }

    private sealed class Ignored : IProgress<long>
    {
        public static readonly Ignored Instance = new();

        public void Report(long value)
        {
        }
    }
}
