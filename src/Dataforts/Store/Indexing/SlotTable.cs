using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>A table of open addressing: a tag of one byte, an entry of 44 and a word of four for each slot.</summary>
/// <remarks>
/// Not thread-safe. One who reads while another writes may get a wrong answer, but reads within the table and comes to an end; who counts the
/// changes can tell (<see cref="ChunkIndex"/>). Slots are found by multiplying, not masking, so the length can be any number. It keeps hashes
/// in the order of their slots, so a larger copy is written from front to back.
/// </remarks>
internal sealed class SlotTable
{
    /// <summary>Slots a table has at least: as many as are looked at together.</summary>
    public const int LeastLength = 16;

    // Up to here a table doubles, which costs less and hardly any memory in all.
    private const int SmallLength = 2048;
    private const int FullPercent = 92;

    // Zero for an empty slot. The first ones stand behind the last again, so that sixteen can be read from any slot on.
    private readonly byte[] _tags;
    private readonly Entry[] _entries;

    // Apart from the entries, for they are looked through from end to end.
    private readonly uint[] _words;

    public SlotTable(int length)
    {
        _entries = new Entry[length];
        _words = new uint[length];
        _tags = new byte[length + LeastLength - 1];
    }

    public int Length => _entries.Length;

    /// <summary>Entries a table takes; without an empty slot a search would go all around.</summary>
    public int Capacity => (int)(_entries.Length * (long)FullPercent / 100);

    public int NextLength => Length <= SmallLength / 2 ? Length * 2 : Length + (Length / 10);

    public long Bytes => _tags.Length + ((long)_entries.Length * (Unsafe.SizeOf<Entry>() + sizeof(uint)));

    /// <summary>The length of a table that takes so many entries.</summary>
    public static int LengthFor(int count) => Math.Max(LeastLength, (int)((count * 100L / FullPercent) + 2));

    /// <summary>The slot of an entry, -1 when there is none.</summary>
    public int Find(in BlobHash hash)
    {
        ref byte tags = ref MemoryMarshal.GetArrayDataReference(_tags);
        Vector128<byte> wanted = Vector128.Create(TagOf(hash));
        int slot = HomeOf(hash);
        for (int seen = 0; seen < _entries.Length; seen += LeastLength)
        {
            Vector128<byte> some = Vector128.LoadUnsafe(ref tags, (nuint)slot);
            uint empty = Vector128.Equals(some, Vector128<byte>.Zero).ExtractMostSignificantBits();
            uint alike = Vector128.Equals(some, wanted).ExtractMostSignificantBits();
            // What stands behind an empty slot began behind it.
            for (alike &= (empty & (0 - empty)) - 1; alike != 0; alike &= alike - 1)
            {
                int at = Wrap(slot + BitOperations.TrailingZeroCount(alike));
                if (_entries[at].Hash.Span.SequenceEqual(hash.Span)) return at;
            }
            if (empty != 0) return -1;
            slot = Wrap(slot + LeastLength);
        }
        return -1;
    }

    public RecordLocation LocationAt(int slot) => _entries[slot].Location;

    public BlobHash HashAt(int slot) => _entries[slot].Hash;

    public bool IsUsed(int slot) => _tags[slot] != 0;

    /// <summary>What the slot keeps for the life cycle (<see cref="ReferenceWord"/>).</summary>
    public uint WordAt(int slot) => _words[slot];

    public void SetWord(int slot, uint word) => _words[slot] = word;

    /// <summary>The next slot from one on whose entry nothing refers to; the length of the table when there is none.</summary>
    public int NextUnreferenced(int slot)
    {
        while (slot < _words.Length && (!ReferenceWord.IsUnreferenced(_words[slot]) || _tags[slot] == 0)) slot++;
        return slot;
    }

    public void SetLocation(int slot, RecordLocation location) => _entries[slot].Location = location;

    /// <summary>Adds an entry that is not there; there must be an empty slot.</summary>
    /// <returns>Its slot.</returns>
    public int Add(in BlobHash hash, RecordLocation location)
    {
        int slot = HomeOf(hash);
        while (true)
        {
            Vector128<byte> some = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_tags), (nuint)slot);
            uint empty = Vector128.Equals(some, Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (empty != 0)
            {
                slot = Wrap(slot + BitOperations.TrailingZeroCount(empty));
                break;
            }
            slot = Wrap(slot + LeastLength);
        }
        _entries[slot].Hash = hash;
        _entries[slot].Location = location;
        _words[slot] = 0;
        SetTag(slot, TagOf(hash));
        return slot;
    }

    /// <summary>Takes an entry out, and moves those behind it that began before it (Knuth, TAOCP 3, 6.4, algorithm R).</summary>
    public void Remove(int slot)
    {
        int hole = slot;
        for (int next = Wrap(slot + 1); _tags[next] != 0; next = Wrap(next + 1))
        {
            int home = HomeOf(_entries[next].Hash);
            if (Distance(home, next) < Distance(hole, next)) continue;
            _entries[hole] = _entries[next];
            _words[hole] = _words[next];
            SetTag(hole, _tags[next]);
            hole = next;
        }
        _entries[hole] = default;
        _words[hole] = 0;
        SetTag(hole, 0);
    }

    /// <summary>A longer table with the same entries.</summary>
    public SlotTable CopyOf(int length)
    {
        var copy = new SlotTable(length);
        for (int slot = 0; slot < _entries.Length; slot++)
        {
            if (_tags[slot] != 0) copy._words[copy.Add(_entries[slot].Hash, _entries[slot].Location)] = _words[slot];
        }
        return copy;
    }

    public List<KeyValuePair<BlobHash, RecordLocation>> Entries(int count)
    {
        var entries = new List<KeyValuePair<BlobHash, RecordLocation>>(count);
        for (int slot = 0; slot < _entries.Length; slot++)
        {
            if (_tags[slot] != 0) entries.Add(new(_entries[slot].Hash, _entries[slot].Location));
        }
        return entries;
    }

    public void PrefetchTags(in BlobHash hash) => CacheLine.Prefetch(ref _tags[HomeOf(hash)]);

    /// <summary>Fetches the entry that the first sixteen tags point at; a hint, which need not be right.</summary>
    public void PrefetchEntry(in BlobHash hash)
    {
        int slot = HomeOf(hash);
        Vector128<byte> some = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_tags), (nuint)slot);
        uint alike = Vector128.Equals(some, Vector128.Create(TagOf(hash))).ExtractMostSignificantBits();
        if (alike == 0) return;
        ref byte entry = ref Unsafe.As<Entry, byte>(ref _entries[Wrap(slot + BitOperations.TrailingZeroCount(alike))]);
        CacheLine.Prefetch(ref entry);
        CacheLine.Prefetch(ref Unsafe.Add(ref entry, Unsafe.SizeOf<Entry>() - 1));
    }

    private static byte TagOf(in BlobHash hash)
    {
        byte tag = hash.Span[16];
        return tag == 0 ? (byte)1 : tag;
    }

    private int HomeOf(in BlobHash hash) => (int)Math.BigMul(MemoryMarshal.Read<ulong>(hash.Span[8..]), (ulong)_entries.Length, out _);

    private int Wrap(int slot) => slot < _entries.Length ? slot : slot - _entries.Length;

    private int Distance(int from, int to) => to >= from ? to - from : to - from + _entries.Length;

    private void SetTag(int slot, byte tag)
    {
        _tags[slot] = tag;
        if (slot < LeastLength - 1) _tags[_entries.Length + slot] = tag;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Entry
    {
        public BlobHash Hash;
        public RecordLocation Location;
    }
}
