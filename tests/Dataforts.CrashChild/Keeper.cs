using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.CrashChild;

/// <summary>Puts trees under names, ends names, collects and compacts, and says what it has done, until it is killed.</summary>
public sealed class Keeper(StoreOptions options, Action<string> say)
{
    /// <summary>Contents there are; neighbours share a half.</summary>
    public const int Contents = 16;

    /// <summary>Names there are.</summary>
    public const int Names = 6;

    /// <summary>What is put: a tree of short chunks.</summary>
    public static byte[] ContentOf(int number) =>
        [.. SpecRandom.Bytes((ulong)(number / 2) + 1, 8000), .. SpecRandom.Bytes((ulong)number + 100, 500 * (number + 1))];

    /// <summary>How it is put.</summary>
    public static PutOptions OptionsOf(string? name) => new() { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(500), Name = name };

    /// <summary>Begins at a step and goes on. "NUMBER set NAME CONTENT" and "NUMBER end NAME" are said before and after each change of a name.</summary>
    public async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        await using BlobStore store = await BlobStore.OpenAsync(options);
        await using var collector = new Collector(store);
        while (true)
        {
            string name = $"name-{random.Next(Names)}";
            int content = random.Next(Contents), deed = random.Next(10);
            if (deed < 4)
            {
                say(string.Create(CultureInfo.InvariantCulture, $"? set {name} {content}"));
                await store.PutAsync(ContentOf(content), OptionsOf(name));
                say(string.Create(CultureInfo.InvariantCulture, $"! set {name} {content}"));
            }
            else if (deed < 6)
            {
                say($"? end {name}");
                store.Chunks.RemoveName(name);
                say($"! end {name}");
            }
            else if (deed < 7) await store.PutAsync(ContentOf(content), OptionsOf(null));
            else if (deed < 9) await collector.CollectAsync(new CollectionOptions { SkipsGrace = true });
            else await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.05 + (random.NextDouble() / 2) });
        }
    }
}
