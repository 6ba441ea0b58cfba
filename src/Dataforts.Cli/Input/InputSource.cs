using Dataforts.Cli.Errors;
using Dataforts.Cli.Output;

namespace Dataforts.Cli.Input;

/// <summary>What <c>PATH|-</c> names, opened for reading from its start.</summary>
internal sealed class InputSource : IDisposable
{
    private const int NotADirectory = 20;

    private InputSource(string path, Stream stream, long? lengthBytes) => (Path, Stream, LengthBytes) = (path, stream, lengthBytes);

    /// <summary>As it was typed.</summary>
    public string Path { get; }

    /// <summary>The bytes, unbuffered.</summary>
    public Stream Stream { get; }

    /// <summary>How many there are to come, as far as can be known beforehand; a file may still grow or shrink.</summary>
    public long? LengthBytes { get; }

    /// <summary>Opens a file of any sort, or standard input for <c>-</c>.</summary>
    /// <param name="path">As it was typed.</param>
    /// <param name="openStandardInput">Called for <c>-</c>.</param>
    /// <exception cref="CliException">There is no such file, or it is a folder.</exception>
    public static InputSource Open(string path, Func<Stream> openStandardInput)
    {
        if (path == "-") return new InputSource(path, openStandardInput(), null);
        if (Directory.Exists(path)) throw CliException.Usage($"'{path}' is a folder, not a file");
        try
        {
            var stream = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
            // Devices and the files of /proc say 0 and have bytes all the same.
            return new InputSource(path, stream, stream.CanSeek && stream.Length > 0 ? stream.Length : null);
        }
        catch (Exception error) when (IsNotFound(error, path))
        {
            throw CliException.PathNotFound(path);
        }
    }

    /// <summary>As <see cref="Open"/>, but does not hold up a cancellation: opening a named pipe waits for who writes to it.</summary>
    public static Task<InputSource> OpenAsync(string path, Func<Stream> openStandardInput, CancellationToken cancellationToken) =>
        path != "-" && FileKind.IsSpecial(path)
            ? Task.Run(() => Open(path, openStandardInput), CancellationToken.None).WaitAsync(cancellationToken)
            : Task.FromResult(Open(path, openStandardInput));

    /// <summary>Reads what is there, at most the buffer. A cancelled read of a pipe or terminal is left to itself.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Regular files do not keep one waiting, and reading them here saves handing over every piece.
        if (Stream is FileStream { CanSeek: true }) return ValueTask.FromResult(Stream.Read(buffer.Span));
        return new ValueTask<int>(Stream.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(cancellationToken));
    }

    public void Dispose() => Stream.Dispose();

    private static bool IsNotFound(Exception error, string path) =>
        path.Length == 0
        || error is FileNotFoundException or DirectoryNotFoundException
        || (error is IOException && !OperatingSystem.IsWindows() && (error.HResult & 0xFFFF) == NotADirectory);
}
