using System.CommandLine;
using System.Text.Json;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Cli.Commands;

/// <summary><c>hash</c>: BLAKE3 of files, in the lines of b3sum.</summary>
internal sealed class HashCommand : CliCommand
{
    private const int ReadBytes = 1 << 20;

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Files; - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBytes);

    public HashCommand()
        : base("hash", "Print the BLAKE3 of files, as b3sum does.")
    {
        Add(_paths);
    }

    public override string Details => """
        A line is HASH, two spaces, PATH. As with b3sum, a line that begins with \ has \\ and \n in its path for a backslash and a line feed; other
        control characters are shown as \u{…}. A path that cannot be read is an error on standard error, and the others are hashed all the same.
        """;

    public override IReadOnlyList<CommandExample> Examples =>
    [
        new("dataforts hash *.iso", "Hash files."),
        new("tar c folder | dataforts hash -", "Hash a stream."),
    ];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        int exitCode = ExitCode.Ok;
        foreach (string path in context.Value(_paths))
        {
            try
            {
                await HashAsync(context, path, cancellationToken);
            }
            catch (Exception error) when (error is CliException or UnauthorizedAccessException || (error is IOException and not BrokenPipeException))
            {
                Failure failure = Failure.Of(error);
                // In order beside the results, where both go to one place.
                context.Results.Flush();
                context.ErrorOutput.Report(failure);
                exitCode = failure.ExitCode;
            }
        }
        return exitCode;
    }

    private async Task HashAsync(CommandContext context, string path, CancellationToken cancellationToken)
    {
        using InputSource input = await context.OpenInputAsync(path, cancellationToken);
        var hasher = new Blake3Hasher();
        long size = await context.Progress.RunAsync(path, input.LengthBytes, ReadAllAsync, cancellationToken);
        Write(context, path, Finish(hasher), size);

        async Task<long> ReadAllAsync(IProgress<long> progress, CancellationToken token)
        {
            long done = 0;
            while (await input.ReadAsync(_buffer, token) is > 0 and int read)
            {
                hasher.Update(_buffer.AsSpan(0, read));
                progress.Report(done += read);
            }
            return done;
        }
    }

    private static BlobHash Finish(Blake3Hasher hasher)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        hasher.Finalize(bytes);
        return new BlobHash(bytes);
    }

    private static void Write(CommandContext context, string path, BlobHash hash, long size)
    {
        if (context.Json)
        {
            Utf8JsonWriter json = context.Results.BeginObject();
            json.WriteString("path"u8, path);
            json.WriteHash("hash"u8, hash);
            json.WriteUInt64("size"u8, (ulong)size);
            context.Results.EndObject();
            return;
        }
        bool escaped = path.AsSpan().ContainsAny('\\', '\n');
        string shown = escaped ? path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) : path;
        context.Results.Line($"{(escaped ? "\\" : "")}{hash}  {Display.Escape(shown)}");
    }
}
