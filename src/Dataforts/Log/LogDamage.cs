namespace Dataforts.Log;

/// <summary>A stretch of a file that should hold records and does not.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">The first bad byte.</param>
/// <param name="LengthBytes">How far it reaches.</param>
/// <param name="What">What is wrong.</param>
internal sealed record LogDamage(string Path, long Offset, long LengthBytes, string What);
