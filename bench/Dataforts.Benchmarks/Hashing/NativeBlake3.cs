using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataforts.Benchmarks.Hashing;

/// <summary>The official C code, as <c>bench/native/build-blake3</c> builds it.</summary>
internal sealed unsafe class NativeBlake3
{
    /// <summary>More than the size of the C code's hasher, which is below 2 KiB.</summary>
    private const int StateSizeBytes = 4096;

    private readonly delegate* unmanaged<byte*, void> _init;
    private readonly delegate* unmanaged<byte*, byte*, nuint, void> _update;
    private readonly delegate* unmanaged<byte*, byte*, nuint, void> _finalize;
    private readonly byte* _state = (byte*)NativeMemory.AlignedAlloc(StateSizeBytes, 64);

    private NativeBlake3(nint library, string fileName)
    {
        FileName = fileName;
        _init = (delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(library, "blake3_hasher_init");
        _update = (delegate* unmanaged<byte*, byte*, nuint, void>)NativeLibrary.GetExport(library, "blake3_hasher_update");
        _finalize = (delegate* unmanaged<byte*, byte*, nuint, void>)NativeLibrary.GetExport(library, "blake3_hasher_finalize");
    }

    /// <summary>Which build it is.</summary>
    public string FileName { get; }

    /// <summary>Loads a build of it: <c>libblake3.so</c>, or one without the wider instructions.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static NativeBlake3 Load(string fileName)
    {
        for (string? folder = AppContext.BaseDirectory; folder != null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, "artifacts", "native", fileName);
            if (File.Exists(path)) return new NativeBlake3(NativeLibrary.Load(path), fileName);
        }
        throw new FileNotFoundException($"No artifacts/native/{fileName}: run bench/native/build-blake3 first.", fileName);
    }

    /// <summary>Hashes <paramref name="input"/>, fed <paramref name="step"/> bytes at a time.</summary>
    [SkipLocalsInit]
    public void Hash(ReadOnlySpan<byte> input, int step, Span<byte> hash)
    {
        _init(_state);
        fixed (byte* source = input, target = hash)
        {
            for (int at = 0; at < input.Length; at += step)
                _update(_state, source + at, (nuint)Math.Min(step, input.Length - at));
            _finalize(_state, target, (nuint)hash.Length);
        }
    }
}
