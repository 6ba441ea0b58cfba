using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Tests;

public sealed class StoreLocationTests
{
    [Theory]
    [InlineData("DATAFORTS_STORE=/a/b;XDG_DATA_HOME=/x;HOME=/h", "/a/b")]
    [InlineData("DATAFORTS_STORE=;XDG_DATA_HOME=/x;HOME=/h", "/x/dataforts")]
    [InlineData("XDG_DATA_HOME=relative;HOME=/h", "/h/.local/share/dataforts")]
    [InlineData("HOME=/h", "/h/.local/share/dataforts")]
    public void The_store_is_where_the_variables_say(string variables, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have places of their own.");
        Dictionary<string, string> set = variables.Split(';').Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        Assert.Equal(expected, StoreLocation.Default(set.GetValueOrDefault));
    }
}
