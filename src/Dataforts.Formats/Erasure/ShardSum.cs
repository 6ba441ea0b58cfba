namespace Dataforts.Erasure;

/// <summary>Shards computed from others that come one at a time, so that not all of them are in memory at once.</summary>
/// <remarks>Made by <see cref="ReedSolomon.Begin"/>. Not thread-safe. The sums are complete when each of the k shards was added once.</remarks>
public sealed class ShardSum
{
    // One input and four sums: the kernels' own measure.
    private const int Together = 4;

    private readonly ReedSolomon _code;
    private readonly GaloisMatrix _factors;
    private readonly Memory<byte>[] _sums;

    internal ShardSum(ReedSolomon code, GaloisMatrix factors, Memory<byte>[] sums) => (_code, _factors, _sums) = (code, factors, sums);

    /// <summary>Adds what a shard contributes.</summary>
    /// <param name="index">Its place among the numbers that <see cref="ReedSolomon.Begin"/> was given.</param>
    /// <param name="shard">Its bytes.</param>
    public void Add(int index, ReadOnlyMemory<byte> shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _factors.Columns);
        var inputs = new ReadOnlyMemory<byte>[Together + 1];
        for (int first = 0; first < _sums.Length; first += Together)
        {
            int rows = Math.Min(Together, _sums.Length - first);
            // Each sum is an input of its own, with factor 1: what is read of it at a place is read before that is written.
            var matrix = new GaloisMatrix(rows, rows + 1);
            inputs[0] = shard;
            for (int row = 0; row < rows; row++)
            {
                inputs[row + 1] = _sums[first + row];
                matrix[row, 0] = _factors[first + row, index];
                matrix[row, row + 1] = 1;
            }
            _code.Multiply(matrix, inputs.AsSpan(0, rows + 1), _sums.AsSpan(first, rows));
        }
    }
}
