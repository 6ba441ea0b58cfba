using Dataforts.Hashing;

namespace Dataforts.Benchmarks.Hashing;

/// <summary><c>ratios blake3</c>: our BLAKE3 beside the official C code, by turns in one process on one thread.</summary>
internal static class Blake3Ratios
{
    /// <summary>Larger than the second-level cache by far: what is hashed is read from memory, or from a shared cache.</summary>
    private const int ColdSizeBytes = 256 << 20;

    private const int PatternSizeBytes = 1 << 20;

    /// <summary>Runs all of it, or the lines whose name contains the first argument, or of these the path that the second one names.</summary>
    public static int Run(string[] args)
    {
        string filter = args.FirstOrDefault() ?? "";
        byte[] cold = GC.AllocateUninitializedArray<byte>(ColdSizeBytes, pinned: true);
        new Random(1).NextBytes(cold.AsSpan(0, PatternSizeBytes));
        for (int at = PatternSizeBytes; at < cold.Length; at += PatternSizeBytes) cold.AsSpan(0, PatternSizeBytes).CopyTo(cold.AsSpan(at));
        Blake3Path[] all = [Blake3Path.Avx512, Blake3Path.Avx2, Blake3Path.Vector128];
        if (args.Length > 1) all = [Enum.Parse<Blake3Path>(args[1], ignoreCase: true)];
        foreach (Blake3Path path in all.Where(path => path <= Blake3Kernels.Best))
        {
            NativeBlake3 native = NativeBlake3.Load(path switch
            {
                Blake3Path.Avx512 => "libblake3.so",
                Blake3Path.Avx2 => "libblake3-avx2.so",
                _ => "libblake3-sse41.so",
            });
            Console.WriteLine($"our {path} path beside {native.FileName}");
            Ratios.Heading("C", "C#");
            Compare(filter, path, native, cold);
        }
        return 0;
    }

    private static void Compare(string filter, Blake3Path path, NativeBlake3 native, byte[] cold)
    {
        foreach (int size in new[] { 64, 1 << 10, 4 << 10, 5000, 20 << 10, 64 << 10, 70_001, 1 << 20 })
            Compare(filter, path, native, cold.AsMemory(0, size), size, size, $"{Name(size)} one-shot, hot");
        foreach (int size in new[] { 64 << 10, 1 << 20 })
            Compare(filter, path, native, cold, size, size, $"{Name(size)} one-shot, from memory");
        foreach (int step in new[] { 1 << 10, 4 << 10, 64 << 10, 1 << 20 })
        {
            int size = Math.Max(1 << 20, 2 * step);
            Compare(filter, path, native, cold.AsMemory(0, size), size, step, $"{Name(size)} by {Name(step)}, hot");
            Compare(filter, path, native, cold, size, step, $"{Name(size)} by {Name(step)}, from memory");
        }
    }

    /// <summary>Walks through <paramref name="data"/>, hashing one input of <paramref name="size"/> bytes a call.</summary>
    private static void Compare(
        string filter, Blake3Path path, NativeBlake3 native, ReadOnlyMemory<byte> data, int size, int step, string name)
    {
        if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase)) return;
        var nativeHash = new byte[32];
        var hash = new byte[32];
        var hasher = new Blake3Hasher(path, Blake3Kernels.Iv, 0);
        int inputs = data.Length / size, nativeAt = 0, at = 0;
        int perCall = Math.Max(1, Math.Min(inputs, (1 << 20) / size));
        int repeats = inputs == 1 ? Math.Max(1, (16 << 10) / size) : 1;
        Ratios.Compare(
            name,
            () =>
            {
                for (int i = 0; i < perCall * repeats; i++)
                {
                    native.Hash(data.Span.Slice(nativeAt * size, size), step, nativeHash);
                    nativeAt = (nativeAt + 1) % inputs;
                }
            },
            () =>
            {
                for (int i = 0; i < perCall * repeats; i++)
                {
                    ReadOnlySpan<byte> input = data.Span.Slice(at * size, size);
                    at = (at + 1) % inputs;
                    if (step == size)
                    {
                        Blake3.Compute(path, Blake3Kernels.Iv, 0, input, hash);
                        continue;
                    }
                    hasher.Reset();
                    for (int from = 0; from < size; from += step) hasher.Update(input[from..Math.Min(size, from + step)]);
                    hasher.Finalize(hash);
                }
            },
            (long)size * perCall * repeats);
        native.Hash(data.Span[..size], size, nativeHash);
        Blake3.Compute(path, Blake3Kernels.Iv, 0, data.Span[..size], hash);
        if (!hash.AsSpan().SequenceEqual(nativeHash)) throw new InvalidOperationException($"{name}: the hashes differ.");
    }

    private static string Name(int size) => size switch
    {
        >= 1 << 20 when size % (1 << 20) == 0 => $"{size >> 20} MiB",
        >= 1 << 10 when size % (1 << 10) == 0 => $"{size >> 10} KiB",
        _ => $"{size} B",
    };
}
