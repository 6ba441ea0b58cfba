namespace Dataforts.Cli.Invocation;

/// <summary>A command line to copy, and what it does.</summary>
internal readonly record struct CommandExample(string CommandText, string Meaning);
