using System.Buffers;
using Dataforts.Blobs.Adapters;

namespace Dataforts.Directories;

/// <summary>Holds a manifest while it is written: what stands first in it is known last. A large one lies in a file without a name.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class ManifestSpool : IBufferWriter<byte>, IAsyncDisposable
{
    private readonly ArrayBufferWriter<byte> _memory = new(64 * 1024);
    private FileStream? _file;

    /// <summary>Bytes written so far.</summary>
    public long LengthBytes => (_file?.Length ?? 0) + _memory.WrittenCount;

    public void Advance(int count) => _memory.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _memory.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _memory.GetSpan(sizeHint);

    /// <summary>Moves what there is to the file if it is much.</summary>
    public async ValueTask SpillAsync(CancellationToken cancellationToken)
    {
        if (_memory.WrittenCount < TreeLimits.ManifestMemoryBytes / 8 || (_file is null && _memory.WrittenCount < TreeLimits.ManifestMemoryBytes)) return;
        _file ??= CreateFile();
        await _file.WriteAsync(_memory.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _memory.ResetWrittenCount();
    }

    /// <summary>All of it behind a head, from the start; nothing is to be written any more. Read one after the other, not at once.</summary>
    public Stream OpenRead(byte[] head)
    {
        if (_file is null) return new HeadedStream(head, new HeadedStream(_memory.WrittenMemory, Stream.Null));
        if (_memory.WrittenCount > 0)
        {
            _file.Write(_memory.WrittenSpan);
            _memory.ResetWrittenCount();
        }
        _file.Position = 0;
        return new HeadedStream(head, _file);
    }

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static FileStream CreateFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"dataforts-{Guid.NewGuid():N}.manifest");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 0, FileOptions.DeleteOnClose);
        // Gone from the folder at once, so that nothing is left if the process dies.
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }
}
