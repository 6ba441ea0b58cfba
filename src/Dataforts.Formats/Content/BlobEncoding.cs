using System.Globalization;

namespace Dataforts.Content;

/// <summary>How a blob is protected against loss: whole copies, or Reed-Solomon stripes of k data and m parity shards.</summary>
/// <remarks>The default value is <see cref="Replicated"/>. A value that exists is valid.</remarks>
public readonly record struct BlobEncoding
{
    private readonly byte _dataShards;
    private readonly byte _parityShards;

    private BlobEncoding(byte dataShards, byte parityShards) => (_dataShards, _parityShards) = (dataShards, parityShards);

    /// <summary>Whole copies.</summary>
    public static BlobEncoding Replicated => default;

    /// <summary>Whether this is a Reed-Solomon code.</summary>
    public bool IsReedSolomon => _dataShards != 0;

    /// <summary>k, the data shards of a stripe; 0 when replicated.</summary>
    public int DataShards => _dataShards;

    /// <summary>m, the parity shards of a stripe; 0 when replicated.</summary>
    public int ParityShards => _parityShards;

    /// <summary>Bytes of the encoding on the wire.</summary>
    internal int EncodedLength => IsReedSolomon ? 3 : 1;

    /// <summary>A code that survives the loss of any <paramref name="m"/> of its <paramref name="k"/> + <paramref name="m"/> shards.</summary>
    /// <param name="k">Data shards, at least 1.</param>
    /// <param name="m">Parity shards, at least 1; together at most <see cref="FormatLimits.StripeMaxShards"/>.</param>
    /// <exception cref="DecodeException"><see cref="DecodeError.ErasureParameters"/>.</exception>
    public static BlobEncoding ReedSolomon(int k, int m)
    {
        if (k < 1 || m < 1 || k > FormatLimits.StripeMaxShards - m)
        {
            throw new DecodeException(
                DecodeError.ErasureParameters,
                $"Reed-Solomon needs k >= 1, m >= 1 and k + m <= {FormatLimits.StripeMaxShards}, not k = {k}, m = {m}.");
        }
        return new BlobEncoding((byte)k, (byte)m);
    }

    /// <summary><c>replicated</c> or <c>rs:k,m</c>.</summary>
    public override string ToString() =>
        IsReedSolomon ? string.Create(CultureInfo.InvariantCulture, $"rs:{DataShards},{ParityShards}") : "replicated";
}
