using System.Buffers.Binary;
using System.IO.Hashing;
using Dataforts.Log;

namespace Dataforts.Mesh;

/// <summary>A version record in a file, for a node that runs in a process of its own. Replaced whole, and on stable storage before the version is
/// sent.</summary>
/// <remarks>
/// <para>Not thread-safe: one node's announcer uses it. The folder is made when it is not there; one file belongs to one node.</para>
/// <code>
///  0  8  "DFVERS01"
///  8  8  the version, u64 LE
/// 16  8  XxHash3 of all before, u64 LE
/// </code>
/// </remarks>
/// <param name="path">The file.</param>
public sealed class VersionFile(string path) : IVersionRecord
{
    private const int Bytes = 24;

    private readonly string _path = Path.GetFullPath(path);
    private ulong? _version;

    private static ReadOnlySpan<byte> Magic => "DFVERS01"u8;

    /// <inheritdoc/>
    /// <exception cref="DatafortsException">StoreDamaged: the file is there and is none. Io: it cannot be read.</exception>
    public ulong Read() => _version ??= Load();

    /// <inheritdoc/>
    /// <exception cref="DatafortsException">Io: it cannot be written; what it said before still stands.</exception>
    public void Write(ulong version)
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), XxHash3.HashToUInt64(bytes.AsSpan(0, 16)));
        try
        {
            var device = new SystemDevice();
            device.CreateFolder(Path.GetDirectoryName(_path)!);
            device.Replace(_path, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatafortsException(ErrorKind.Io, $"the version record {_path} cannot be written: {error.Message}", error);
        }
        _version = version;
    }

    private ulong Load()
    {
        byte[] bytes;
        try
        {
            if (!File.Exists(_path)) return 0;
            if (new FileInfo(_path).Length != Bytes) throw Damaged();
            bytes = File.ReadAllBytes(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatafortsException(ErrorKind.Io, $"the version record {_path} cannot be read: {error.Message}", error);
        }
        bool isWhole = bytes.Length == Bytes && bytes.AsSpan().StartsWith(Magic)
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)) == XxHash3.HashToUInt64(bytes.AsSpan(0, 16));
        return isWhole ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)) : throw Damaged();
    }

    private DatafortsException Damaged() => new(ErrorKind.StoreDamaged, $"{_path} is no whole version record");
}
