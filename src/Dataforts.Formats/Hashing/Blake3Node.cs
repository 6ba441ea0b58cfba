using System.Runtime.CompilerServices;

namespace Dataforts.Hashing;

/// <summary>The root's last block before it is compressed: what any number of output bytes is made from.</summary>
internal unsafe struct Blake3Node
{
    public fixed uint Cv[8];
    public fixed byte Block[Blake3Kernels.BlockSizeBytes];
    public uint Length;
    public uint Flags;
    public Blake3Path Path;

    /// <summary>Makes it the last block of one chunk, compressing the blocks before it.</summary>
    public void Chunk(Blake3Path path, uint* key, uint flags, byte* input, int length, ulong counter)
    {
        int before = length == 0 ? 0 : (length - 1) / Blake3Kernels.BlockSizeBytes;
        int tail = length - (before * Blake3Kernels.BlockSizeBytes);
        fixed (uint* cv = Cv)
        fixed (byte* block = Block)
        {
            new ReadOnlySpan<uint>(key, 8).CopyTo(new Span<uint>(cv, 8));
            if (before > 0)
                Blake3Kernels.Compress(path, cv, input, before, counter, Blake3Kernels.BlockSizeBytes, flags, Blake3Kernels.ChunkStart);
            var target = new Span<byte>(block, Blake3Kernels.BlockSizeBytes);
            new ReadOnlySpan<byte>(input + (length - tail), tail).CopyTo(target);
            target[tail..].Clear();
        }
        Length = (uint)tail;
        Flags = flags | Blake3Kernels.ChunkEnd | (before == 0 ? Blake3Kernels.ChunkStart : 0);
        Path = path;
    }

    /// <summary>Fills <paramref name="destination"/>: a shorter output is a prefix of a longer one.</summary>
    [SkipLocalsInit]
    public void Write(Span<byte> destination)
    {
        uint* words = stackalloc uint[16];
        fixed (uint* cv = Cv)
        fixed (byte* block = Block)
        {
            for (ulong number = 0; !destination.IsEmpty; number++)
            {
                Blake3Kernels.CompressWide(Path, cv, block, number, Length, Flags | Blake3Kernels.Root, words);
                int size = Math.Min(destination.Length, Blake3Kernels.BlockSizeBytes);
                Blake3Words.Write(words, destination[..size]);
                destination = destination[size..];
            }
        }
    }
}
