using System.Globalization;

namespace Dataforts.Tests.Store;

/// <summary>What seeded tests draw from: DATAFORTS_TEST_SEED when it is set, so that a run can be repeated.</summary>
internal static class TestSeed
{
    public static int Value { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("DATAFORTS_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out long seed)
            ? (int)(seed & int.MaxValue)
            : Random.Shared.Next();

    /// <summary>A source of its own for one test.</summary>
    public static Random For(string test) => new(HashCode(test) ^ Value);

    private static int HashCode(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
