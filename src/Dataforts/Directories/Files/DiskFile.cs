namespace Dataforts.Directories.Files;

/// <summary>An open file. Errors of the system come as they are.</summary>
/// <remarks>For one caller at a time.</remarks>
internal abstract class DiskFile : IDisposable
{
    /// <summary>What the system says of the file that is open, whatever has become of its path.</summary>
    public abstract DiskNode Stat();

    /// <summary>Reads at a place; 0 only at the end.</summary>
    public abstract int Read(Span<byte> buffer, long offset);

    /// <summary>Appends all of it.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Sets the permission bits, whatever the process's mask is.</summary>
    public abstract void SetMode(uint mode);

    /// <summary>Sets when the content last changed.</summary>
    public abstract void SetTime(long modifiedAtNs);

    public abstract void Dispose();
}
