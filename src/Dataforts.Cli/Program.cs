using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Output;

namespace Dataforts.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        // The question scripts ask most often is answered before anything else is loaded.
        if (args is ["--version"])
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write(System.Text.Encoding.UTF8.GetBytes($"dataforts {ProductVersion.Text}\n"));
            return 0;
        }
        // blocking: an entry point that is not asynchronous answers --version sooner
        return RunAsync(args).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(string[] args)
    {
        using var interruption = new Interruption();
        CliEnvironment environment = CliEnvironment.OfProcess();
        // On a thread of its own, because a read of a terminal or the opening of a pipe cannot be called off.
        Task<int> run = Task.Run(() => Dispatcher.RunAsync(args, environment, interruption.Token), CancellationToken.None);
        await Task.WhenAny(run, interruption.GraceIsOver);
        if (run.IsCompleted) return await run;
        new ErrorOutput(environment.Error, Dispatcher.AsksForJson(args)).Report(Failure.Of(new OperationCanceledException()));
        return ExitCode.Cancelled;
    }
}
