namespace Dataforts.Cli.Errors;

/// <summary>Nobody reads standard output any more, as when <c>head</c> has seen enough.</summary>
internal sealed class BrokenPipeException() : IOException("standard output was closed by its reader");
