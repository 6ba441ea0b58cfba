using System.CommandLine;
using Dataforts.Blobs;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Invocation;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary><c>--offset</c> and <c>--length</c>.</summary>
internal sealed class RangeOptions
{
    private readonly Option<long?> _offset = CliOption.Value(
        "--offset", "N", static text => (long?)QuantityParsers.ByteCount(text), "The first byte wanted [default: 0].");

    private readonly Option<long?> _length = CliOption.Value(
        "--length", "N", static text => (long?)QuantityParsers.ByteCount(text), "How many bytes [default: to the end].");

    public void AddTo(Command command)
    {
        command.Add(_offset);
        command.Add(_length);
    }

    /// <summary>The range that was typed.</summary>
    /// <exception cref="CliException">It is not inside the blob.</exception>
    public BlobRange Of(CommandContext context, BlobRef blob)
    {
        ulong offset = (ulong)(context.Value(_offset) ?? 0);
        if (offset > blob.SizeBytes) throw Outside(blob, $"byte {offset} is");
        ulong rest = blob.SizeBytes - offset;
        ulong length = context.Value(_length) is { } typed ? (ulong)typed : rest;
        if (length > rest) throw Outside(blob, $"{length} bytes from {offset} on are");
        return new BlobRange(offset, length);
    }

    private static CliException Outside(BlobRef blob, string what) => CliException.Usage($"{what} not inside a blob of {blob.SizeBytes} bytes");
}
