namespace Dataforts.Cli.Invocation;

/// <summary>Where the store is when <c>--store</c> does not say.</summary>
internal static class StoreLocation
{
    public const string Variable = "DATAFORTS_STORE";

    private const string FolderName = "dataforts";

    /// <summary>The folder <see cref="Variable"/> names, else the one in the platform's place for a user's data.</summary>
    public static string Default(Func<string, string?> getVariable)
    {
        if (getVariable(Variable) is { Length: > 0 } named) return Path.GetFullPath(named);
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), FolderName);
        string home = getVariable("HOME") is { Length: > 0 } set ? set : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Application Support", FolderName);
        // The XDG rules: a relative path in the variable does not count.
        string data = getVariable("XDG_DATA_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg : Path.Combine(home, ".local", "share");
        return Path.Combine(data, FolderName);
    }
}
