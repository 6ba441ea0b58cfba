namespace Dataforts.Erasure;

/// <summary>A matrix over GF(2^8), row by row.</summary>
internal sealed class GaloisMatrix
{
    private readonly byte[] _cells;

    public GaloisMatrix(int rows, int columns)
    {
        (Rows, Columns) = (rows, columns);
        _cells = new byte[rows * columns];
    }

    public int Rows { get; }

    public int Columns { get; }

    public byte this[int row, int column]
    {
        get => _cells[(row * Columns) + column];
        set => _cells[(row * Columns) + column] = value;
    }

    public Span<byte> Row(int row) => _cells.AsSpan(row * Columns, Columns);

    /// <summary>The matrix of r^c: any of its rows, as many as it has columns, are independent.</summary>
    public static GaloisMatrix Vandermonde(int rows, int columns)
    {
        var matrix = new GaloisMatrix(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) matrix[row, column] = GaloisField.Power((byte)row, column);
        }
        return matrix;
    }

    public GaloisMatrix Times(GaloisMatrix other)
    {
        var product = new GaloisMatrix(Rows, other.Columns);
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < Columns; i++) AddMultiple(product.Row(row), other.Row(i), this[row, i]);
        }
        return product;
    }

    /// <summary>The inverse of a square matrix, by Gauss and Jordan.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public GaloisMatrix Inverted()
    {
        var left = new GaloisMatrix(Rows, Columns);
        _cells.CopyTo(left._cells, 0);
        var inverse = new GaloisMatrix(Rows, Columns);
        for (int i = 0; i < Rows; i++) inverse[i, i] = 1;
        for (int column = 0; column < Columns; column++)
        {
            int pivot = column;
            while (pivot < Rows && left[pivot, column] == 0) pivot++;
            if (pivot == Rows) throw new InvalidOperationException("The matrix has no inverse.");
            if (pivot != column)
            {
                left.SwapRows(pivot, column);
                inverse.SwapRows(pivot, column);
            }
            byte scale = GaloisField.Inverse(left[column, column]);
            Scale(left.Row(column), scale);
            Scale(inverse.Row(column), scale);
            for (int row = 0; row < Rows; row++)
            {
                byte factor = left[row, column];
                if (row == column || factor == 0) continue;
                AddMultiple(left.Row(row), left.Row(column), factor);
                AddMultiple(inverse.Row(row), inverse.Row(column), factor);
            }
        }
        return inverse;
    }

    private void SwapRows(int a, int b)
    {
        Span<byte> first = Row(a), second = Row(b);
        for (int i = 0; i < first.Length; i++) (first[i], second[i]) = (second[i], first[i]);
    }

    private static void Scale(Span<byte> row, byte factor)
    {
        foreach (ref byte cell in row) cell = GaloisField.Multiply(cell, factor);
    }

    private static void AddMultiple(Span<byte> row, ReadOnlySpan<byte> other, byte factor)
    {
        for (int i = 0; i < row.Length; i++) row[i] ^= GaloisField.Multiply(other[i], factor);
    }
}
