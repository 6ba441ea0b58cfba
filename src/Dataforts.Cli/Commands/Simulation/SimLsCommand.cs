using System.Text.Json;
using Dataforts.Cli.Invocation;
using Dataforts.Simulation;
using Dataforts.Simulation.Catalog;

namespace Dataforts.Cli.Commands.Simulation;

/// <summary><c>sim ls</c>: the experiments there are.</summary>
internal sealed class SimLsCommand() : CliCommand("ls", "List the experiments.")
{
    public override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        foreach (IExperiment experiment in ExperimentCatalog.All)
        {
            if (!context.Json)
            {
                context.Results.Line($"{experiment.Name,-14}{experiment.Purpose}");
                continue;
            }
            Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteString("name"u8, experiment.Name);
            json.WriteString("purpose"u8, experiment.Purpose);
            context.Results.EndObject();
        }
        return Task.FromResult(Errors.ExitCode.Ok);
    }
}
