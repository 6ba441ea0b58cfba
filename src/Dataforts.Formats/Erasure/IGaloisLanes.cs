namespace Dataforts.Erasure;

/// <summary>How one kind of vector instruction multiplies bytes by a factor; everything is inlined into the kernel that is made of it.</summary>
/// <typeparam name="TSource">Input bytes, split as the multiplication wants them.</typeparam>
/// <typeparam name="TFactor">A factor, spread over the lanes.</typeparam>
/// <typeparam name="TSum">Output bytes.</typeparam>
internal unsafe interface IGaloisLanes<TSource, TFactor, TSum>
    where TSource : unmanaged
    where TFactor : unmanaged
    where TSum : unmanaged
{
    /// <summary>Bytes in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>The table that <see cref="Factor"/> takes, one entry a factor.</summary>
    static abstract byte* Table { get; }

    static abstract TSource Load(byte* at);

    static abstract TFactor Factor(byte* table, byte factor);

    static abstract TSum Product(TSource source, TFactor factor);

    static abstract TSum Add(TSum sum, TSum other);

    static abstract void Store(TSum sum, byte* at);
}
