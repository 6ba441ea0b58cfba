namespace Tidy;

/// <summary>Turns what a rule found into a test's result.</summary>
internal static class Verdict
{
    /// <summary>The rule holds; otherwise the message lists every offender.</summary>
    public static void Clean(IEnumerable<Offence> offences)
    {
        string[] lines = [.. offences.Select(o => o.ToString()).Distinct().Order(StringComparer.Ordinal)];
        if (lines.Length > 0)
            Assert.Fail($"{lines.Length} of them:\n{string.Join('\n', lines)}");
    }

    /// <summary>The rule finds exactly these offenders, each as <c>path:line</c>.</summary>
    public static void Finds(IEnumerable<Offence> offences, params string[] places) =>
        Assert.Equal(
            places.Order(StringComparer.Ordinal),
            offences.Select(o => $"{o.Path}:{o.Line}").Distinct().Order(StringComparer.Ordinal));
}
