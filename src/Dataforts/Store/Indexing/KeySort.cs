using System.Buffers;

namespace Dataforts.Store.Indexing;

/// <summary>Sorts uniform 64-bit keys with a value each: first into buckets by their first bits, then each bucket, which is short.</summary>
internal static class KeySort
{
    private const int PerBucket = 8;

    public static void Sort(Span<ulong> keys, Span<ushort> values)
    {
        int bits = System.Numerics.BitOperations.Log2((uint)(keys.Length / PerBucket) + 1);
        if (bits == 0)
        {
            keys.Sort(values);
            return;
        }
        int shift = 64 - bits;
        var ends = new int[(1 << bits) + 1];
        foreach (ulong key in keys) ends[(key >> shift) + 1]++;
        for (int i = 1; i < ends.Length; i++) ends[i] += ends[i - 1];
        ulong[] sortedKeys = ArrayPool<ulong>.Shared.Rent(keys.Length);
        ushort[] sortedValues = ArrayPool<ushort>.Shared.Rent(keys.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            int at = ends[keys[i] >> shift]++;
            (sortedKeys[at], sortedValues[at]) = (keys[i], values[i]);
        }
        sortedKeys.AsSpan(0, keys.Length).CopyTo(keys);
        sortedValues.AsSpan(0, keys.Length).CopyTo(values);
        ArrayPool<ulong>.Shared.Return(sortedKeys);
        ArrayPool<ushort>.Shared.Return(sortedValues);
        // Each bucket's start has moved to its end, where the next one begins.
        int start = 0;
        for (int bucket = 0; bucket < 1 << bits; bucket++)
        {
            int end = ends[bucket];
            if (end - start > 1) keys[start..end].Sort(values[start..end]);
            start = end;
        }
    }
}
