using System.Numerics;
using System.Runtime.InteropServices;
using Dataforts.Hashing;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>BLAKE3 as the paper defines it: a chunk, or the parent of the two halves. On nothing but the scalar compression.</summary>
internal static unsafe class Blake3Recursion
{
    public static byte[] Hash(ReadOnlySpan<byte> input)
    {
        var hash = new byte[32];
        Subtree(input, 0, true, hash);
        return hash;
    }

    public static void Subtree(ReadOnlySpan<byte> input, ulong counter, bool root, Span<byte> cv)
    {
        Span<uint> words = stackalloc uint[16];
        Span<byte> block = stackalloc byte[64];
        Blake3Kernels.Iv.CopyTo(words);
        if (input.Length <= 1024)
        {
            int blocks = Math.Max(1, (input.Length + 63) / 64);
            for (int i = 0; i < blocks; i++)
            {
                ReadOnlySpan<byte> part = input[(i * 64)..Math.Min(input.Length, (i + 1) * 64)];
                block.Clear();
                part.CopyTo(block);
                uint end = i == blocks - 1 ? Blake3Kernels.ChunkEnd | (root ? Blake3Kernels.Root : 0) : 0;
                Compress(words, block, counter, (uint)part.Length, (i == 0 ? Blake3Kernels.ChunkStart : 0) | end);
            }
        }
        else
        {
            int left = (int)BitOperations.RoundUpToPowerOf2((uint)(input.Length + 1)) / 2;
            if (left == input.Length) left /= 2;
            Subtree(input[..left], counter, false, block);
            Subtree(input[left..], counter + (ulong)(left / 1024), false, block[32..]);
            Compress(words, block, 0, 64, Blake3Kernels.Parent | (root ? Blake3Kernels.Root : 0));
        }
        MemoryMarshal.AsBytes(words[..8]).CopyTo(cv);
    }

    private static void Compress(Span<uint> words, ReadOnlySpan<byte> block, ulong counter, uint length, uint flags)
    {
        fixed (uint* cv = words)
        fixed (byte* input = block)
            Blake3Scalar.Compress(cv, input, counter, length, flags, cv);
    }
}
