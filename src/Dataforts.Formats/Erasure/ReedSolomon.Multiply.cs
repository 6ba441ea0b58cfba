using System.Buffers;
using System.Runtime.CompilerServices;

namespace Dataforts.Erasure;

public sealed partial class ReedSolomon
{
    internal void Multiply(GaloisMatrix matrix, ReadOnlySpan<ReadOnlyMemory<byte>> inputs, ReadOnlySpan<Memory<byte>> outputs)
    {
        MemoryHandle[] handles = ArrayPool<MemoryHandle>.Shared.Rent(inputs.Length + outputs.Length);
        int pinned = 0;
        try
        {
            foreach (ReadOnlyMemory<byte> input in inputs) handles[pinned++] = input.Pin();
            foreach (Memory<byte> output in outputs) handles[pinned++] = output.Pin();
            Multiply(matrix, inputs, outputs, handles);
        }
        finally
        {
            for (int i = 0; i < pinned; i++) handles[i].Dispose();
            ArrayPool<MemoryHandle>.Shared.Return(handles, clearArray: true);
        }
    }

    // The kernels know whole blocks only. A shard ends with at most one that is not whole, which is worked on in a copy filled up with zeros; the
    // work is cut where a shard's whole blocks end and where it ends, and each piece is done with the shards that reach so far.
    [SkipLocalsInit]
    private unsafe void Multiply(
        GaloisMatrix matrix, ReadOnlySpan<ReadOnlyMemory<byte>> inputs, ReadOnlySpan<Memory<byte>> outputs, MemoryHandle[] handles)
    {
        const int Block = GaloisKernels.BlockBytes;
        byte* tails = stackalloc byte[(2 * MaxShards) * Block];
        byte** from = stackalloc byte*[inputs.Length];
        byte** to = stackalloc byte*[outputs.Length];
        byte* factors = stackalloc byte[MaxShards * MaxShards];
        int end = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            ReadOnlySpan<byte> tail = inputs[i].Span[(inputs[i].Length / Block * Block)..];
            var copy = new Span<byte>(tails + (i * Block), Block);
            copy.Clear();
            tail.CopyTo(copy);
        }
        foreach (Memory<byte> output in outputs) end = Math.Max(end, (output.Length + Block - 1) / Block);
        for (int at = 0; at < end;)
        {
            int next = end, active = 0, rows = 0;
            for (int i = 0; i < inputs.Length; i++)
            {
                byte* piece = Piece((byte*)handles[i].Pointer, tails + (i * Block), inputs[i].Length, at, ref next);
                if (piece is null) continue;
                for (int row = 0; row < outputs.Length; row++) factors[(row * MaxShards) + active] = matrix[row, i];
                from[active++] = piece;
            }
            for (int row = 0; row < outputs.Length; row++)
            {
                byte* tail = tails + ((MaxShards + row) * Block);
                byte* piece = Piece((byte*)handles[inputs.Length + row].Pointer, tail, outputs[row].Length, at, ref next);
                if (piece is null) continue;
                // Rows close up: the kernels want them one behind the other.
                Buffer.MemoryCopy(factors + (row * MaxShards), factors + (rows * active), active, active);
                to[rows++] = piece;
            }
            nuint length = (nuint)(next - at) * Block;
            if (active > 0) GaloisKernels.Multiply(_path, factors, from, active, to, rows, length);
            else for (int row = 0; row < rows; row++) new Span<byte>(to[row], (int)length).Clear();
            at = next;
        }
        for (int row = 0; row < outputs.Length; row++)
        {
            Span<byte> whole = outputs[row].Span;
            int start = whole.Length / Block * Block;
            new ReadOnlySpan<byte>(tails + ((MaxShards + row) * Block), whole.Length - start).CopyTo(whole[start..]);
        }
    }

    // Where block number at of a shard lies, null behind its end; next comes down to where that changes.
    private static unsafe byte* Piece(byte* shard, byte* tail, int length, int at, ref int next)
    {
        const int Block = GaloisKernels.BlockBytes;
        int whole = length / Block;
        if (at < whole)
        {
            next = Math.Min(next, whole);
            return shard + ((nint)at * Block);
        }
        if (at > whole || length % Block == 0) return null;
        next = at + 1;
        return tail;
    }
}
