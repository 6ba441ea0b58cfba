namespace Dataforts.Hashing;

/// <summary>Which instructions hash: how many chunks at a time, and with what.</summary>
internal enum Blake3Path
{
    /// <summary>One chunk, plain 32-bit arithmetic. Any processor.</summary>
    Scalar,

    /// <summary>Four chunks in 128-bit vectors: SSE4.1, NEON.</summary>
    Vector128,

    /// <summary>Eight chunks in 256-bit vectors.</summary>
    Avx2,

    /// <summary>Sixteen chunks in 512-bit vectors, eight in 256-bit ones.</summary>
    Avx512,
}
