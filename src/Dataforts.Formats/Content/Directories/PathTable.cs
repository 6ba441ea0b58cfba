namespace Dataforts.Content.Directories;

/// <summary>What is known of each path of a tree, by hashes of the path: 25 bytes a place, of which at most three quarters are taken.</summary>
/// <remarks>For one caller at a time. The keys are parts of BLAKE3 hashes, so that nobody can choose paths that fall together.</remarks>
internal sealed class PathTable
{
    private const int FirstPlaces = 64;

    private UInt128[] _keys = new UInt128[FirstPlaces];
    private ulong[] _exact = new ulong[FirstPlaces];
    private PathState[] _states = new PathState[FirstPlaces];
    private int _count;

    /// <summary>What is known of the path with the folded key, and the hash of its exact bytes.</summary>
    public PathState Find(UInt128 folded, out ulong exact)
    {
        int at = PlaceOf(folded);
        exact = _exact[at];
        return _states[at];
    }

    /// <summary>Notes a path, in place of what was known of it.</summary>
    public void Set(UInt128 folded, ulong exact, PathState state)
    {
        int at = PlaceOf(folded);
        if (_states[at] == PathState.Unknown)
        {
            if (++_count > _keys.Length / 4 * 3)
            {
                Grow();
                at = PlaceOf(folded);
            }
        }
        (_keys[at], _exact[at], _states[at]) = (folded, exact, state);
    }

    private int PlaceOf(UInt128 folded)
    {
        int mask = _keys.Length - 1, at = (int)(ulong)folded & mask;
        while (_states[at] != PathState.Unknown && _keys[at] != folded) at = (at + 1) & mask;
        return at;
    }

    private void Grow()
    {
        (UInt128[] keys, ulong[] exact, PathState[] states) = (_keys, _exact, _states);
        int places = checked(keys.Length * 2);
        (_keys, _exact, _states) = (new UInt128[places], new ulong[places], new PathState[places]);
        for (int i = 0; i < keys.Length; i++)
        {
            if (states[i] == PathState.Unknown) continue;
            int at = PlaceOf(keys[i]);
            (_keys[at], _exact[at], _states[at]) = (keys[i], exact[i], states[i]);
        }
    }
}
