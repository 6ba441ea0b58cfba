namespace Dataforts.Erasure;

/// <summary>Which instructions multiply in GF(2^8). All give the same bytes.</summary>
internal enum GaloisPath
{
    /// <summary>A byte at a time, from tables of products. Any processor.</summary>
    Scalar,

    /// <summary>16 bytes, by table look-ups of half bytes: SSSE3, Arm AdvSimd.</summary>
    Vector128,

    /// <summary>32 bytes, by look-ups.</summary>
    Avx2,

    /// <summary>32 bytes, by bit matrices.</summary>
    Gfni256,

    /// <summary>64 bytes, by look-ups.</summary>
    Avx512,

    /// <summary>64 bytes, by bit matrices.</summary>
    Gfni512,
}
