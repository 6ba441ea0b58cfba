using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Directories;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Directories;

/// <summary>A store, and folders beside it, in a folder that is gone when the test is.</summary>
internal sealed class TreeBench : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();

    private TreeBench()
    {
    }

    public BlobStore Blobs { get; private set; } = null!;

    public DirectoryStore Trees { get; private set; } = null!;

    public string this[string name] => Path.Combine(_folder.Path, "trees", name);

    /// <summary>The folder around the trees.</summary>
    public string Around => Path.Combine(_folder.Path, "trees");

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TreeBench> OpenAsync(bool mayExchange = true)
    {
        var bench = new TreeBench();
        Directory.CreateDirectory(bench.Around);
        bench.Blobs = await BlobStore.OpenAsync(new StoreOptions { Path = bench._folder["store"], Writable = true }, Cancel);
        bench.Trees = new DirectoryStore(bench.Blobs) { MayExchange = mayExchange };
        return bench;
    }

    /// <summary>Makes a tree with a bit of everything; another number makes one that differs.</summary>
    public string MakeSample(string name, int number = 0)
    {
        string root = this[name];
        Write(root, "a/x.txt", "x"u8.ToArray());
        Write(root, "a/deep/er/y.bin", SpecRandom.Bytes((ulong)number + 1, 3000));
        Write(root, "a-b", "between a and a/"u8.ToArray());
        Write(root, "a.b/z", "z"u8.ToArray());
        Write(root, "zero", []);
        Write(root, "medium", SpecRandom.Bytes((ulong)number + 2, 300_000));
        Write(root, "large", SpecRandom.Bytes(3, 9_500_000));
        Write(root, $"only-{number}", [(byte)number]);
        for (int i = 0; i < 150; i++) Write(root, $"many/{i:D3}", SpecRandom.Bytes((ulong)(i + (number * 1000)), i * 40));
        Directory.CreateDirectory(Path.Combine(root, "empty"));
        File.CreateSymbolicLink(Path.Combine(root, "a/link"), "../a-b");
        File.CreateSymbolicLink(Path.Combine(root, "to-folder"), "a/deep");
        SetMode(Path.Combine(root, "a-b"), 0x180);
        SetMode(Path.Combine(root, "zero"), 0x1ED);
        SetMode(Path.Combine(root, "a.b"), 0x16D);
        return root;
    }

    public static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    public static void Write(string root, string path, byte[] content)
    {
        string full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    public async Task<BlobRef> PublishAsync(string name, DirectoryPutOptions? options = null) =>
        (await Trees.PublishAsync(this[name], options, null, Cancel)).Ref;

    public Task<DirectoryGetResult> FetchAsync(BlobRef tree, string name, DirectoryGetOptions? options = null) =>
        Trees.MaterializeAsync(tree, this[name], options, null, Cancel);

    /// <summary>Stores a manifest as it is, safe or not.</summary>
    public async Task<BlobRef> StoreAsync(byte[] manifest) => (await Blobs.PutAsync(manifest, null, null, Cancel)).Ref;

    /// <summary>Stores a file.</summary>
    public async Task<BlobRef> StoreAsync(string content) =>
        (await Blobs.PutAsync(System.Text.Encoding.UTF8.GetBytes(content), null, null, Cancel)).Ref;

    public async Task<List<DirectoryEntry>> ListAsync(BlobRef tree, string below = "")
    {
        var entries = new List<DirectoryEntry>();
        await foreach (DirectoryEntry entry in Trees.ListAsync(tree, below, Cancel)) entries.Add(entry);
        return entries;
    }

    /// <summary>All that is below a folder: kinds, modes, contents, links. Nothing for a folder that is not there.</summary>
    public static string[] Describe(string root)
    {
        if (!Directory.Exists(root)) return [];
        var lines = new List<string>();
        Describe(new DirectoryInfo(root), "", lines);
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        await Blobs.DisposeAsync();
        foreach (string folder in Directory.EnumerateDirectories(_folder.Path, "*", SearchOption.AllDirectories)) SetMode(folder, 0x1FF);
        _folder.Dispose();
    }

    private static void Describe(DirectoryInfo folder, string prefix, List<string> lines)
    {
        foreach (FileSystemInfo info in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            string path = prefix + info.Name;
            if (info.LinkTarget is { } target)
            {
                lines.Add($"{path} -> {target}");
            }
            else if (info is DirectoryInfo inner)
            {
                lines.Add($"{path}/ {(int)info.UnixFileMode:X}");
                Describe(inner, path + "/", lines);
            }
            else
            {
                lines.Add($"{path} {(int)info.UnixFileMode:X} {BlobHash.Compute(File.ReadAllBytes(info.FullName))}");
            }
        }
    }
}
