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

    /// <summary>Fills <paramref name="destination"/>: a shorter output is a prefix of a longer one.</summary>
    [SkipLocalsInit]
    public void Write(Span<byte> destination)
    {
        uint* words = stackalloc uint[16];
        byte* bytes = stackalloc byte[Blake3Kernels.BlockSizeBytes];
        fixed (uint* cv = Cv)
        fixed (byte* block = Block)
        {
            for (ulong number = 0; !destination.IsEmpty; number++)
            {
                Blake3Kernels.CompressWide(Path, cv, block, number, Length, Flags | Blake3Kernels.Root, words);
                int size = Math.Min(destination.Length, Blake3Kernels.BlockSizeBytes);
                Blake3Words.Write(words, new Span<byte>(bytes, Blake3Kernels.BlockSizeBytes));
                new ReadOnlySpan<byte>(bytes, size).CopyTo(destination);
                destination = destination[size..];
            }
        }
    }
}
