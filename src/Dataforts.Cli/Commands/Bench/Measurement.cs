namespace Dataforts.Cli.Commands.Bench;

/// <summary>One thing that <c>bench</c> measures, beside what the machine allows. It leaves nothing behind but what is in the run's folder.</summary>
internal abstract class Measurement(string name, string what, params string[] rows)
{
    /// <summary>As it is typed.</summary>
    public string Name { get; } = name;

    /// <summary>For a person, in a few words.</summary>
    public string What { get; } = what;

    /// <summary>The names of the rows it gives; each stands for the measurement too.</summary>
    public IReadOnlyList<string> Rows { get; } = rows.Length == 0 ? [name] : rows;

    /// <summary>Measures.</summary>
    public abstract Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken);
}
