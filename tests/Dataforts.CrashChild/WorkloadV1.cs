using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.CrashChild;

/// <summary>The sequence of changes that the stores of format version 1 among the fixtures were made with.</summary>
public static class WorkloadV1
{
    private const int ChunkSeeds = 4000;
    private const int Names = 24;

    /// <summary>What a step does.</summary>
    public enum Deed
    {
        /// <summary>Puts a chunk, perhaps one that is there.</summary>
        Put,

        /// <summary>Lets a name stand for a chunk.</summary>
        SetName,

        /// <summary>Removes a name, which may not be there.</summary>
        RemoveName,

        /// <summary>Pins a chunk.</summary>
        Pin,

        /// <summary>Waits for stable storage.</summary>
        Flush,

        /// <summary>Closes the store and opens it again.</summary>
        Reopen,
    }

    /// <summary>One step.</summary>
    public readonly record struct Step(Deed Deed, string Name, int Chunk);

    /// <summary>The step of a number.</summary>
    public static Step At(ulong seed, int number)
    {
        byte[] draw = SpecRandom.Bytes(unchecked((seed * 1_000_003) + (ulong)number), 24);
        int percent = draw[17] * 100 / 256;
        Deed deed = percent switch
        {
            < 60 => Deed.Put,
            < 80 => Deed.SetName,
            < 86 => Deed.RemoveName,
            < 92 => Deed.Pin,
            < 98 => Deed.Flush,
            _ => Deed.Reopen,
        };
        return new Step(deed, $"name-{draw[19] % Names}", BitConverter.ToUInt16(draw, 21) % ChunkSeeds);
    }

    /// <summary>The bytes of a chunk: mostly short, some empty, some as long as a small segment.</summary>
    public static byte[] Content(int chunk)
    {
        int length = (chunk % 16) switch
        {
            0 => chunk % 3 * 40_000,
            1 => chunk % 9,
            _ => chunk % 2000,
        };
        return SpecRandom.Bytes((ulong)chunk + 1, length);
    }

    /// <summary>The ref that names and pins give a chunk.</summary>
    public static BlobRef RefOf(int chunk)
    {
        byte[] content = Content(chunk);
        return SmallRef.Create(BlobHash.Compute(content), (ulong)content.Length);
    }
}
