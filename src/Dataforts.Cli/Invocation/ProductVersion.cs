namespace Dataforts.Cli.Invocation;

/// <summary>The version this program was built as.</summary>
internal static class ProductVersion
{
    /// <summary>Major, minor and patch.</summary>
    public static string Text => typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);
}
