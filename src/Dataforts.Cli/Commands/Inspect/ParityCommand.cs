using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Input;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Json;
using Dataforts.Content;
using Dataforts.Erasure;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary><c>inspect parity</c>: the parity shards of files.</summary>
internal sealed class ParityCommand : CliCommand
{
    private const int ShownBytes = 16;

    private readonly Option<BlobEncoding?> _rs = CliOption.Value(
        "--rs", "K,M", static text => (BlobEncoding?)EncodingArgument.Parse("rs:" + text), "K data shards, M of parity; together at most 128.");

    private readonly Argument<string[]> _shards = new("SHARD")
    {
        Description = "K files, each at most 16 MiB; a shorter one counts as filled up with zeros to the longest.",
        Arity = ArgumentArity.OneOrMore,
    };

    public ParityCommand()
        : base("parity", "Compute the Reed-Solomon parity of files.")
    {
        Add(_rs);
        Add(_shards);
    }

    public override string Details => "Prints one JSON object: shardLength, and hash and first16 (the first bytes in hex) of each parity shard.";

    public override IReadOnlyList<CommandExample> Examples => [new("dataforts inspect parity --rs 2,1 left.bin right.bin", "The parity of two files.")];

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        BlobEncoding encoding = context.Value(_rs) ?? throw CliException.Usage("--rs K,M is needed, such as --rs 10,4");
        string[] paths = context.Value(_shards);
        if (paths.Length != encoding.DataShards)
            throw CliException.Usage($"--rs {encoding.DataShards},{encoding.ParityShards} takes {encoding.DataShards} shards, not {paths.Length}");
        var data = new ReadOnlyMemory<byte>[paths.Length];
        for (int i = 0; i < paths.Length; i++) data[i] = await ReadAsync(context, paths[i], cancellationToken);
        int length = data.Max(shard => shard.Length);
        if (length == 0) throw CliException.Usage("all shards are empty");
        Memory<byte>[] parity = [.. Enumerable.Range(0, encoding.ParityShards).Select(_ => (Memory<byte>)new byte[length])];
        ReedSolomon.For(encoding.DataShards, encoding.ParityShards).Encode(data, parity);
        Write(context, length, parity);
        return ExitCode.Ok;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(CommandContext context, string path, CancellationToken cancellationToken)
    {
        using InputSource input = await context.OpenInputAsync(path, cancellationToken);
        if (input.LengthBytes > FormatLimits.LeafChunkMaxBytes) throw TooLong(path);
        using var bytes = new MemoryStream();
        byte[] piece = new byte[64 * 1024];
        while (await input.ReadAsync(piece, cancellationToken) is > 0 and int read)
        {
            bytes.Write(piece, 0, read);
            if (bytes.Length > FormatLimits.LeafChunkMaxBytes) throw TooLong(path);
        }
        return bytes.ToArray();
    }

    private static DatafortsException TooLong(string path) => new(ErrorKind.LimitExceeded, string.Create(
        CultureInfo.InvariantCulture, $"the shard '{path}' is over the {FormatLimits.LeafChunkMaxBytes} bytes of a chunk"));

    private static void Write(CommandContext context, int length, Memory<byte>[] parity)
    {
        Utf8JsonWriter json = context.Results.BeginObject();
        json.WriteNumber("shardLength"u8, length);
        json.WriteStartArray("parity"u8);
        foreach (Memory<byte> shard in parity)
        {
            json.WriteStartObject();
            json.WriteHash("hash"u8, BlobHash.Compute(shard.Span));
            json.WriteHex("first16"u8, shard.Span[..Math.Min(ShownBytes, length)]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        context.Results.EndObject();
    }
}
