namespace Tidy;

/// <summary>The layer order of the house: which room a file is in, and which rooms are below it.</summary>
internal static class Room
{
    /// <summary>Bottom up. Rooms on one line do not use each other. "Dataforts" is what the whole library shares, such as its errors.</summary>
    private static readonly string[][] Order =
    [
        ["Hashing"],
        ["Content", "Chunking", "Erasure"],
        ["Dataforts"],
        ["Log"],
        ["Store"],
        ["Mesh"],
        ["Blobs"],
        ["Directories", "Channels"],
        ["Lifecycle"],
        ["Capabilities"],
        ["Gravity"],
        ["Greedy"],
        ["Placement"],
        ["Mesh/Embedded", "Nats"],
        ["Simulation", "Node", "Client"],
        ["Cli"],
    ];

    /// <summary>The projects whose folders are rooms; every other project is one room.</summary>
    private static readonly string[] Divided = ["Dataforts.Formats", "Dataforts"];

    /// <summary>The room of a file under src/, or its folder when the order does not name it.</summary>
    public static string Of(string path)
    {
        string[] parts = path.Split('/');
        if (parts is not ["src", var project, .., _]) return "";
        if (!Divided.Contains(project)) return project.Replace("Dataforts.", "", StringComparison.Ordinal);
        string folder = string.Join('/', parts[2..^1]);
        if (folder.Length == 0) return project;
        return Order.SelectMany(line => line)
            .Where(room => folder == room || folder.StartsWith(room + "/", StringComparison.Ordinal))
            .MaxBy(room => room.Length) ?? folder;
    }

    /// <summary>How high a room stands; -1 when the order does not name it.</summary>
    public static int Level(string room) => Array.FindIndex(Order, line => line.Contains(room));

    /// <summary>Why <paramref name="from"/> may not use <paramref name="to"/>, or null when it may.</summary>
    public static string? Objection(string from, string to)
    {
        if (from == to || Level(from) < 0 || Level(to) < 0) return null;
        if (Level(to) > Level(from)) return $"{from} is below {to}";
        return Level(to) == Level(from) ? $"{from} and {to} stand side by side" : null;
    }
}
