using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dataforts.Greedy.Eviction;

/// <summary>How often keys were asked for of late, up to 15, roughly and never too low: a count-min sketch of 4-bit counters that are
/// halved from time to time.</summary>
/// <remarks>Cormode and Muthukrishnan: the count-min sketch (2005); halving and blocks of one cache line as in Einziger, Friedman, Manes: TinyLFU (2017).
/// 8 bytes for each entry it is made for: 16 counters, of which a key has four.</remarks>
internal sealed class FrequencySketch
{
    private const ulong Halves = 0x7777777777777777UL;

    private readonly ulong _seed;
    private readonly int _samplesPerEntry;
    private ulong[] _table;
    private int _sampled;

    /// <param name="entries">How many keys are to be told apart; grows with <see cref="EnsureRoom"/>.</param>
    /// <param name="samplesPerEntry">After how many requests for each of them all counters are halved.</param>
    /// <param name="seed">Spreads the keys.</param>
    public FrequencySketch(int entries, int samplesPerEntry, ulong seed)
    {
        _seed = seed;
        _samplesPerEntry = samplesPerEntry;
        _table = new ulong[Math.Max(8, (int)BitOperations.RoundUpToPowerOf2((uint)entries))];
    }

    /// <summary>Makes it fit for that many entries. Counts are kept.</summary>
    public void EnsureRoom(int entries)
    {
        while (entries > _table.Length && _table.Length < 1 << 28)
        {
            // A block is chosen by the low bits: each half of the larger table begins as the smaller one.
            var larger = new ulong[_table.Length * 2];
            _table.CopyTo(larger, 0);
            _table.CopyTo(larger, _table.Length);
            _table = larger;
        }
    }

    /// <summary>Counts a request: only the lowest of the key's counters, as the others are others' already.</summary>
    public void Increment(ulong key)
    {
        ulong hash = EntryTable.Mix(key, _seed);
        int block = Block(hash);
        int least = Least(hash, block);
        if (least == 15) return;
        for (int row = 0; row < 4; row++, hash >>= 8)
        {
            ref ulong word = ref _table[block + (row << 1) + (int)(hash >> 4 & 1)];
            int shift = (int)(hash & 15) << 2;
            if ((int)(word >> shift & 15) == least) word += 1UL << shift;
        }
        if (++_sampled >= _samplesPerEntry * (long)_table.Length) Age();
    }

    /// <summary>How often a key was asked for.</summary>
    public int Estimate(ulong key)
    {
        ulong hash = EntryTable.Mix(key, _seed);
        return Least(hash, Block(hash));
    }

    private int Least(ulong hash, int block)
    {
        int least = 15;
        for (int row = 0; row < 4; row++, hash >>= 8)
        {
            ulong word = _table[block + (row << 1) + (int)(hash >> 4 & 1)];
            least = Math.Min(least, (int)(word >> ((int)(hash & 15) << 2) & 15));
        }
        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Block(ulong hash) => (int)(hash >> 32 & (uint)((_table.Length >> 3) - 1)) << 3;

    private void Age()
    {
        for (int i = 0; i < _table.Length; i++)
        {
            _table[i] = _table[i] >> 1 & Halves;
        }
        _sampled >>= 1;
    }
}
