using System.Runtime.InteropServices;

namespace Dataforts.Benchmarks.Erasure;

/// <summary>Intel's ISA-L, as <c>bench/native/install-isal</c> installs it.</summary>
internal sealed unsafe class NativeIsal
{
    private readonly delegate* unmanaged<int, int, byte*, byte*, void> _initTables;
    private readonly delegate* unmanaged<int, int, int, byte*, byte**, byte**, void> _encode;
    private readonly byte* _tables = (byte*)NativeMemory.AlignedAlloc(32 * 128 * 128, 64);

    private NativeIsal(nint library)
    {
        _initTables = (delegate* unmanaged<int, int, byte*, byte*, void>)NativeLibrary.GetExport(library, "ec_init_tables");
        _encode = (delegate* unmanaged<int, int, int, byte*, byte**, byte**, void>)NativeLibrary.GetExport(library, "ec_encode_data");
    }

    /// <summary>The library; null when it is not installed.</summary>
    public static NativeIsal? TryLoad() => NativeLibrary.TryLoad("libisal.so.2", out nint library) ? new NativeIsal(library) : null;

    /// <summary>Takes the matrix of the products to come.</summary>
    public void Prepare(byte* matrix, int inputs, int outputs) => _initTables(inputs, outputs, matrix, _tables);

    /// <summary>Multiplies with the matrix prepared last.</summary>
    public void Multiply(byte** inputs, int inputCount, byte** outputs, int outputCount, int length) =>
        _encode(length, inputCount, outputCount, _tables, inputs, outputs);
}
