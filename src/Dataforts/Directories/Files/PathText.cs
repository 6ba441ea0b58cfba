using System.Text;

namespace Dataforts.Directories.Files;

/// <summary>A path as messages show it.</summary>
internal static class PathText
{
    public static string Of(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path);
}
