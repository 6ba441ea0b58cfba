using System.Globalization;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>Times as they are printed: RFC 3339, UTC, to the second.</summary>
internal static class TimeText
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
