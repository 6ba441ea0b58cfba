using System.CommandLine;
using Dataforts.Cli.Arguments;
using Dataforts.Content.Directories;

namespace Dataforts.Cli.Commands.Directories;

/// <summary>Options that several commands on trees have.</summary>
internal static class TreeOptions
{
    public const string Durable = "durable";
    private const string Unix = "unix";

    public static Option<string?> Names() => CliOption.Choice(
        "--names", "Which names are fit: those that mean the same on every system, or all that a Unix system tells apart [default: portable].",
        "portable", Unix);

    public static Option<string?> Durability() => CliOption.Choice(
        "--durability", "Return when the bytes are in the system's cache, or when they are on the device [default: buffered].", "buffered", Durable);

    public static EntryRules RulesOf(string? names) => names == Unix ? EntryRules.Unix : EntryRules.Portable;

    public static Durability DurabilityOf(string? durability) => durability == Durable ? Dataforts.Durability.Durable : Dataforts.Durability.Buffered;

    public static string KindOf(EntryKind kind) => kind switch
    {
        EntryKind.File => "file",
        EntryKind.Directory => "directory",
        _ => "symlink",
    };
}
