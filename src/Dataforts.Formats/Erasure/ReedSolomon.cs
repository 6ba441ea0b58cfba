using System.Collections.Concurrent;

namespace Dataforts.Erasure;

/// <summary>The Reed-Solomon code of k data and m parity shards: any k of the k + m give back the others.</summary>
/// <remarks>
/// <para>Systematic, over GF(2^8) modulo 0x11D; the matrix is Vandermonde's (r^c) times the inverse of its upper square, so that the data shards
/// stay as they are: the construction that Backblaze published, whose parity rows other implementations share.</para>
/// <para>Shards may be of different lengths; a shorter one counts as filled up with zeros to the longest. Immutable and thread-safe.</para>
/// </remarks>
public sealed partial class ReedSolomon
{
    /// <summary>The most shards of a code, data and parity together.</summary>
    public const int MaxShards = 128;

    private static readonly ConcurrentDictionary<(int DataShards, int ParityShards), ReedSolomon> _codes = new();

    private readonly GaloisPath _path;
    private readonly GaloisMatrix _parityRows;

    internal ReedSolomon(int dataShards, int parityShards, GaloisPath path)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataShards, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parityShards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)dataShards + parityShards, MaxShards, "dataShards + parityShards");
        (DataShards, ParityShards, _path) = (dataShards, parityShards, path);
        GaloisMatrix vandermonde = GaloisMatrix.Vandermonde(dataShards + parityShards, dataShards);
        var top = new GaloisMatrix(dataShards, dataShards);
        var bottom = new GaloisMatrix(parityShards, dataShards);
        for (int row = 0; row < dataShards; row++) vandermonde.Row(row).CopyTo(top.Row(row));
        for (int row = 0; row < parityShards; row++) vandermonde.Row(dataShards + row).CopyTo(bottom.Row(row));
        _parityRows = bottom.Times(top.Inverted());
    }

    /// <summary>k.</summary>
    public int DataShards { get; }

    /// <summary>m.</summary>
    public int ParityShards { get; }

    /// <summary>The code of <paramref name="dataShards"/> and <paramref name="parityShards"/>; made once in a process.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Either is below 1, or together they are above <see cref="MaxShards"/>.</exception>
    public static ReedSolomon For(int dataShards, int parityShards)
    {
        return _codes.TryGetValue((dataShards, parityShards), out ReedSolomon? known)
            ? known
            : _codes.GetOrAdd((dataShards, parityShards), new ReedSolomon(dataShards, parityShards, GaloisKernels.Best));
    }

    /// <summary>The factors by which the data shards enter parity shard <paramref name="index"/>.</summary>
    internal ReadOnlySpan<byte> ParityRow(int index) => _parityRows.Row(index);

    /// <summary>Computes the parity shards.</summary>
    /// <param name="data">The k data shards, none of them longer than the parity; at least one is not empty.</param>
    /// <param name="parity">The m parity shards, overwritten, all as long as the longest data shard.</param>
    /// <exception cref="ArgumentException">The number or a length of the shards is wrong.</exception>
    public void Encode(ReadOnlySpan<ReadOnlyMemory<byte>> data, ReadOnlySpan<Memory<byte>> parity)
    {
        if (data.Length != DataShards) throw new ArgumentException($"{DataShards} data shards are needed, not {data.Length}.", nameof(data));
        if (parity.Length != ParityShards) throw new ArgumentException($"{ParityShards} parity shards are needed, not {parity.Length}.", nameof(parity));
        int longest = 0;
        foreach (ReadOnlyMemory<byte> shard in data) longest = Math.Max(longest, shard.Length);
        if (longest == 0) throw new ArgumentException("All data shards are empty.", nameof(data));
        foreach (Memory<byte> shard in parity)
        {
            if (shard.Length != longest)
                throw new ArgumentException($"A parity shard of {shard.Length} bytes; the longest data shard has {longest}.", nameof(parity));
        }
        Multiply(_parityRows, data, parity);
    }

    /// <summary>Computes lost shards, data or parity, from any k that are there.</summary>
    /// <param name="present">The numbers of k shards that are there, 0 to k - 1 for data, k to k + m - 1 for parity; each once.</param>
    /// <param name="shards">Their bytes, in the same order.</param>
    /// <param name="lost">The numbers of the shards to compute.</param>
    /// <param name="rebuilt">Get their bytes, as many as each is long: what a data shard lacks to the longest is zero and need not be asked for.</param>
    /// <remarks>What comes out is right if what goes in is: a caller who knows the hash of a shard should hold it against that.</remarks>
    /// <exception cref="ArgumentException">Not k shards, a number out of range or twice, or shards and numbers that do not pair.</exception>
    public void Rebuild(
        ReadOnlySpan<int> present, ReadOnlySpan<ReadOnlyMemory<byte>> shards, ReadOnlySpan<int> lost, ReadOnlySpan<Memory<byte>> rebuilt)
    {
        if (present.Length != DataShards) throw new ArgumentException($"{DataShards} shards are needed, not {present.Length}.", nameof(present));
        if (shards.Length != present.Length) throw new ArgumentException("Each number needs its shard.", nameof(shards));
        if (rebuilt.Length != lost.Length) throw new ArgumentException("Each lost shard needs its memory.", nameof(rebuilt));
        if (lost.IsEmpty) return;
        Multiply(RowsOf(lost, Solution(present)), shards, rebuilt);
    }

    /// <summary>As <see cref="Rebuild"/>, from shards that are added one at a time.</summary>
    /// <param name="present">The numbers of the k shards to come; each once.</param>
    /// <param name="lost">The numbers of the shards to compute; for parity while encoding, from the data shards.</param>
    /// <param name="rebuilt">Their memory, which is cleared.</param>
    /// <exception cref="ArgumentException">As <see cref="Rebuild"/>.</exception>
    public ShardSum Begin(ReadOnlySpan<int> present, ReadOnlySpan<int> lost, ReadOnlySpan<Memory<byte>> rebuilt)
    {
        if (present.Length != DataShards) throw new ArgumentException($"{DataShards} shards are needed, not {present.Length}.", nameof(present));
        if (rebuilt.Length != lost.Length) throw new ArgumentException("Each lost shard needs its memory.", nameof(rebuilt));
        foreach (Memory<byte> shard in rebuilt) shard.Span.Clear();
        return new ShardSum(this, RowsOf(lost, Solution(present)), rebuilt.ToArray());
    }

    // What gives the data shards from those that are there.
    private GaloisMatrix Solution(ReadOnlySpan<int> present)
    {
        var rows = new GaloisMatrix(DataShards, DataShards);
        Span<bool> seen = stackalloc bool[MaxShards];
        for (int i = 0; i < present.Length; i++)
        {
            CheckNumber(present[i]);
            if (seen[present[i]]) throw new ArgumentException($"Shard {present[i]} is given twice.", nameof(present));
            seen[present[i]] = true;
            if (present[i] < DataShards) rows[i, present[i]] = 1;
            else _parityRows.Row(present[i] - DataShards).CopyTo(rows.Row(i));
        }
        return rows.Inverted();
    }

    private GaloisMatrix RowsOf(ReadOnlySpan<int> lost, GaloisMatrix solution)
    {
        var wanted = new GaloisMatrix(lost.Length, DataShards);
        for (int i = 0; i < lost.Length; i++)
        {
            CheckNumber(lost[i]);
            if (lost[i] < DataShards) wanted[i, lost[i]] = 1;
            else _parityRows.Row(lost[i] - DataShards).CopyTo(wanted.Row(i));
        }
        return wanted.Times(solution);
    }

    private void CheckNumber(int shard)
    {
        if ((uint)shard >= (uint)(DataShards + ParityShards))
            throw new ArgumentOutOfRangeException(nameof(shard), shard, $"Shards are numbered 0 to {DataShards + ParityShards - 1}.");
    }
}
