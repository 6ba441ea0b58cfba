using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.CrashChild;

/// <summary>A fixed sequence of changes to a store for each seed, so that whoever hears how many were acknowledged knows what must be there.</summary>
public static class Workload
{
    /// <summary>Chunks there are: few enough that many are put, removed and put again.</summary>
    public const int ChunkCount = 400;

    private const int Names = 24;

    /// <summary>What a step does.</summary>
    public enum Deed
    {
        /// <summary>Puts a chunk, perhaps one that is there.</summary>
        Put,

        /// <summary>Puts chunks in one call, some of them twice.</summary>
        PutBatch,

        /// <summary>Puts chunks and waits for stable storage.</summary>
        PutDurable,

        /// <summary>Removes chunks, which need not be there.</summary>
        Remove,

        /// <summary>Lets a name stand for a chunk.</summary>
        SetName,

        /// <summary>Removes a name, which may not be there.</summary>
        RemoveName,

        /// <summary>Pins a chunk.</summary>
        Pin,

        /// <summary>Waits for stable storage.</summary>
        Flush,

        /// <summary>Compacts the store.</summary>
        Compact,

        /// <summary>Closes the store and opens it again.</summary>
        Reopen,

        /// <summary>Appends events to a channel in one batch: the contents of chunks.</summary>
        Append,

        /// <summary>Drops what a channel holds, up to the last of its events but so many.</summary>
        Trim,
    }

    /// <summary>One step.</summary>
    public readonly record struct Step(Deed Deed, string Name, IReadOnlyList<int> Chunks)
    {
        /// <summary>The chunk of a step that has but one.</summary>
        public int Chunk => Chunks[0];

        /// <inheritdoc/>
        public override string ToString() => $"{Deed} {Name} {string.Join(',', Chunks)}";
    }

    /// <summary>The step of a number.</summary>
    public static Step At(ulong seed, int number)
    {
        byte[] draw = SpecRandom.Bytes(unchecked((seed * 1_000_003) + (ulong)number), 128);
        int percent = draw[17] * 100 / 256;
        Deed deed = percent switch
        {
            < 15 => Deed.Put,
            < 29 => Deed.Append,
            < 30 => Deed.Trim,
            < 45 => Deed.PutBatch,
            < 50 => Deed.PutDurable,
            < 65 => Deed.Remove,
            < 78 => Deed.SetName,
            < 82 => Deed.RemoveName,
            < 86 => Deed.Pin,
            < 89 => Deed.Flush,
            < 95 => Deed.Compact,
            _ => Deed.Reopen,
        };
        int count = deed is Deed.PutBatch or Deed.Remove or Deed.Append ? 1 + (draw[20] % 40) : deed == Deed.PutDurable ? 1 + (draw[20] % 4) : 1;
        return new Step(deed, $"name-{draw[19] % Names}", [.. Enumerable.Range(0, count).Select(i => BitConverter.ToUInt16(draw, 21 + (2 * i)) % ChunkCount)]);
    }

    /// <summary>The bytes of a chunk, which no other one has: mostly short, one empty, some as long as a small segment.</summary>
    public static byte[] Content(int chunk)
    {
        int length = (chunk % 16) switch
        {
            0 => chunk == 0 ? 0 : (1 + (chunk % 3)) * 25_000,
            1 => 8 + (chunk % 9),
            _ => 8 + (chunk * 7 % 2000),
        };
        return SpecRandom.Bytes((ulong)chunk + 1, length);
    }

    /// <summary>How many events stay of a channel; null for all of them.</summary>
    public static int? KeptOf(string channel) => channel[^1] is '1' or '2' ? 30 : null;

    /// <summary>The ref that names and pins give a chunk.</summary>
    public static BlobRef RefOf(int chunk)
    {
        byte[] content = Content(chunk);
        return SmallRef.Create(BlobHash.Compute(content), (ulong)content.Length);
    }
}
