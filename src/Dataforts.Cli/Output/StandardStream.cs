using System.Runtime.InteropServices;
using Dataforts.Cli.Errors;

namespace Dataforts.Cli.Output;

/// <summary>Standard output or error as a stream that says when nobody reads it any more, which .NET's own console stream keeps to itself.</summary>
/// <remarks>Unbuffered. Not <see cref="FileStream"/>: that writes at positions of its own, and so over what a second writer of the same
/// redirected file (<c>2&gt;&amp;1</c>, or the next command of a group) has put there.</remarks>
internal sealed partial class StandardStream : Stream
{
    private const int Interrupted = 4, BrokenPipe = 32, LinuxTryAgain = 11, MacTryAgain = 35;
    private const short PollOut = 4;

    private readonly int _descriptor;

    private StandardStream(int descriptor) => _descriptor = descriptor;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static Stream Output() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardStream(1);

    public static Stream Error() => OperatingSystem.IsWindows() ? Console.OpenStandardError() : new StandardStream(2);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = buffer)
                written = WriteDescriptor(_descriptor, bytes, (nuint)buffer.Length);
            if (written >= 0)
                buffer = buffer[(int)written..];
            else
                Recover(Marshal.GetLastPInvokeError());
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Returns when the write is to be tried again.</summary>
    private unsafe void Recover(int error)
    {
        switch (error)
        {
            case Interrupted:
                return;
            case LinuxTryAgain or MacTryAgain:
                // Whoever shares this pipe or terminal has made it non-blocking.
                var wanted = new PollDescriptor { Descriptor = _descriptor, Events = PollOut };
                _ = Poll(&wanted, 1, -1);
                return;
            case BrokenPipe:
                throw new BrokenPipeException();
            default:
                string name = _descriptor == 1 ? "standard output" : "standard error";
                throw new IOException($"{name}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteDescriptor(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
