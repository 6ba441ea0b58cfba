namespace Dataforts.Store.Indexing;

/// <summary>Finds the order in which the keys of a <see cref="FuseMap"/> can be given their cells: takes away, one after the other, a key that
/// has a cell for itself. About 14 bytes of memory a key, used again at each attempt.</summary>
internal sealed class FusePeeling(int keys)
{
    private readonly int[] _order = new int[keys];
    private readonly int[] _ownCell = new int[keys];
    private int[] _sums = [];
    private byte[] _degrees = [];
    private int[] _alone = [];

    /// <summary>The key that was taken away as the <paramref name="step"/>th, and the cell it had for itself.</summary>
    public (int Key, int Cell) At(int step) => (_order[step], _ownCell[step]);

    /// <summary>Tries; it fails for a few in a hundred of small sets, and for keys that are not distinct.</summary>
    public bool TryPeel(FuseMap map, ReadOnlySpan<ulong> distinct)
    {
        if (!TryPlace(map, distinct)) return false;
        int alone = 0;
        for (int cell = 0; cell < map.CellCount; cell++)
        {
            if (_degrees[cell] == 1) _alone[alone++] = cell;
        }
        int taken = 0;
        while (alone > 0)
        {
            int cell = _alone[--alone];
            if (_degrees[cell] != 1) continue;
            int key = _sums[cell];
            _order[taken] = key;
            _ownCell[taken++] = cell;
            (int first, int second, int third) = map.PlacesOf(map.HashOf(distinct[key]));
            TakeAway(first, key, ref alone);
            TakeAway(second, key, ref alone);
            TakeAway(third, key, ref alone);
        }
        return taken == distinct.Length;
    }

    private bool TryPlace(FuseMap map, ReadOnlySpan<ulong> distinct)
    {
        if (_sums.Length < map.CellCount)
        {
            _sums = new int[map.CellCount];
            _degrees = new byte[map.CellCount];
            _alone = new int[map.CellCount];
        }
        _sums.AsSpan().Clear();
        _degrees.AsSpan().Clear();
        bool fits = true;
        for (int key = 0; key < distinct.Length; key++)
        {
            (int first, int second, int third) = map.PlacesOf(map.HashOf(distinct[key]));
            fits &= Add(first, key) & Add(second, key) & Add(third, key);
        }
        return fits;
    }

    private bool Add(int cell, int key)
    {
        _sums[cell] ^= key;
        return ++_degrees[cell] != 0;
    }

    private void TakeAway(int cell, int key, ref int alone)
    {
        _sums[cell] ^= key;
        if (--_degrees[cell] == 1) _alone[alone++] = cell;
    }
}
