using System.Text;

namespace Dataforts.Cli.Commands.Demo;

/// <summary>A small tree of files such as a project has: text, pictures that do not compress, a copy, many little ones. The same every time.</summary>
internal sealed class DemoTree(string folder)
{
    public const string EditedFile = "video/interview.mov";
    public const int EditBytes = 100;

    private const int Seed = 20_26;
    private const int EditOffset = 5_000_000;

    private static readonly string[] Words =
        ["chunk", "the", "stream", "holds", "a", "ref", "to", "bytes", "of", "node", "and", "tree", "that", "verified", "reads", "store"];

    private readonly List<string> _files = [];

    /// <summary>Paths in the tree, with / between folders.</summary>
    public IReadOnlyList<string> Files => _files;

    public long TotalBytes => _files.Sum(file => new FileInfo(PathOf(file)).Length);

    public string PathOf(string file) => Path.Combine(folder, Path.Combine(file.Split('/')));

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var random = new Random(Seed);
        byte[] picture = Noise(random, 3_500_000);
        await AddAsync("pictures/harbour.raw", picture, cancellationToken);
        await AddAsync("pictures/backup/harbour copy.raw", picture, cancellationToken);
        await AddAsync(EditedFile, Noise(random, 12_000_000), cancellationToken);
        await AddAsync("logs/service.log", Text(random, 2_000_000), cancellationToken);
        for (int i = 1; i <= 12; i++) await AddAsync($"notes/{i:D2}.txt", Text(random, 200 + random.Next(8_000)), cancellationToken);
    }

    /// <summary>Inserts a few bytes into the middle of the largest file, so that everything behind them moves.</summary>
    public async Task EditAsync(CancellationToken cancellationToken)
    {
        byte[] before = await File.ReadAllBytesAsync(PathOf(EditedFile), cancellationToken);
        byte[] insert = Text(new Random(Seed + 1), EditBytes);
        await File.WriteAllBytesAsync(PathOf(EditedFile), [.. before.AsSpan(0, EditOffset), .. insert, .. before.AsSpan(EditOffset)], cancellationToken);
    }

    private async Task AddAsync(string file, byte[] content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        await File.WriteAllBytesAsync(PathOf(file), content, cancellationToken);
        _files.Add(file);
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(Random random, int length)
    {
        var text = new StringBuilder(length + 16);
        while (text.Length < length) text.Append(Words[random.Next(Words.Length)]).Append(random.Next(12) == 0 ? '\n' : ' ');
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
