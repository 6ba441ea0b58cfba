namespace Tidy;

/// <summary>One place where a rule of the house is broken.</summary>
internal readonly record struct Offence(string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line}: {What}";
}
