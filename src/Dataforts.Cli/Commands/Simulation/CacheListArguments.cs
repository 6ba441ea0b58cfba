using Dataforts.Cli.Arguments;
using Dataforts.Greedy.Eviction;
using Dataforts.Simulation.Caching;

namespace Dataforts.Cli.Commands.Simulation;

/// <summary>Lists of capacities and of policies, as they are typed.</summary>
internal static class CacheListArguments
{
    /// <summary>Capacities, separated by commas.</summary>
    /// <exception cref="FormatException">One is not a number of bytes from 1 to the largest capacity.</exception>
    public static long[] Capacities(string text) => [.. text.Split(',').Select(Capacity)];

    /// <summary>Names of policies, separated by commas; each once.</summary>
    /// <exception cref="FormatException">One is unknown.</exception>
    public static string[] Policies(string text)
    {
        string[] names = text.Split(',');
        foreach (string name in names)
        {
            if (!TraceReplay.Policies.Contains(name))
                throw new FormatException($"'{name}' is none of {string.Join(", ", TraceReplay.Policies)}.");
        }
        return [.. names.Distinct()];
    }

    private static long Capacity(string text) => QuantityParsers.PositiveByteCount(text) is <= EvictionPolicies.MaxCapacityBytes and long bytes
        ? bytes
        : throw new FormatException($"'{text}' is above {EvictionPolicies.MaxCapacityBytes} bytes.");
}
