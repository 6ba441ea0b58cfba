using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Tests.Store;

/// <summary>A store as its catalog sees it, beside a dictionary: segments that are filled, sealed, paged out and compacted, and chunks that are put,
/// removed and put again.</summary>
internal sealed class CatalogModel(Random random, int numbers)
{
    private ChunkCatalog _catalog = Empty();
    private readonly Dictionary<BlobHash, RecordLocation> _truth = [];

    // Every record of every segment that is there, whether it counts or not.
    private readonly SortedDictionary<uint, List<(int Number, RecordLocation Location)>> _segments = new() { [1] = [] };
    private readonly Dictionary<uint, HintSample> _paged = [];

    public int PagedOut { get; private set; }

    public int Compacted { get; private set; }

    private uint Active => _segments.Keys.Last();

    public void DoSomething()
    {
        int number = random.Next(numbers);
        switch (random.Next(100))
        {
            case < 60: Put(number); break;
            case < 75: Remove(number); break;
            case < 85: Seal(); break;
            case < 90: PageOut(1); break;
            case < 92: PageOut(random.Next(1, 5)); break;
            case < 95: Compact(); break;
            case < 97: Rewrite(); break;
            case 97: Reopen(); break;
            default: _catalog.Consolidate(); break;
        }
    }

    public void Check()
    {
        Assert.Equal(_truth.Count, _catalog.Count);
        BlobHash[] hashes = [.. Enumerable.Range(-5, numbers + 5).Select(HintSample.Hash)];
        var present = new bool[hashes.Length];
        var locations = new RecordLocation[hashes.Length];
        Assert.Equal(_truth.Count, _catalog.Contains(hashes, present));
        Assert.Equal(_truth.Count, _catalog.TryGet(hashes, locations));
        for (int i = 0; i < hashes.Length; i++)
        {
            RecordLocation expected = _truth.GetValueOrDefault(hashes[i]);
            Assert.Equal(expected != default, _catalog.TryGet(hashes[i], out RecordLocation location));
            Assert.Equal((expected, expected, expected != default), (location, locations[i], present[i]));
        }
        Assert.Equal(_truth.OrderBy(entry => entry.Key), _catalog.Enumerate().OrderBy(entry => entry.Key));
    }

    private RecordLocation Append(int number)
    {
        List<(int, RecordLocation)> records = _segments[Active];
        var location = new RecordLocation(Active, (uint)(64 + (records.Count * 100)), number);
        records.Add((number, location));
        return location;
    }

    private void Put(int number)
    {
        BlobHash hash = HintSample.Hash(number);
        RecordLocation? before = _truth.TryGetValue(hash, out RecordLocation known) ? known : null;
        RecordLocation location = Append(number);
        if (random.Next(2) == 0)
        {
            Assert.Equal(before, _catalog.Set(hash, location));
        }
        else
        {
            Assert.False(_catalog.Replace(hash, location, location));
            Assert.True(_catalog.Replace(hash, known, location));
        }
        _truth[hash] = location;
    }

    private void Remove(int number)
    {
        BlobHash hash = HintSample.Hash(number);
        bool there = _truth.Remove(hash, out RecordLocation known);
        Assert.False(_catalog.Remove(hash, new RecordLocation(9, 9, 9)));
        if (random.Next(2) == 0) Assert.Equal(there ? known : null, _catalog.Remove(hash));
        else Assert.Equal(there, _catalog.Remove(hash, known));
    }

    private void Seal() => _segments.Add(Active + 1, []);

    private void PageOut(int count)
    {
        uint[] sealedOnes = [.. _segments.Keys.Where(id => id != Active && !_paged.ContainsKey(id)).Take(count)];
        foreach (uint id in sealedOnes) _paged[id] = Hints(id);
        _catalog.PageOut([.. sealedOnes.Select(id => _paged[id].Open())]);
        PagedOut += sealedOnes.Length;
    }

    private void Compact()
    {
        uint[] sealedOnes = [.. _segments.Keys.Where(id => id != Active)];
        if (sealedOnes.Length == 0) return;
        uint id = sealedOnes[random.Next(sealedOnes.Length)];
        foreach ((int number, RecordLocation location) in _segments[id])
        {
            BlobHash hash = HintSample.Hash(number);
            if (_truth.GetValueOrDefault(hash) != location) continue;
            RecordLocation moved = Append(number);
            Assert.True(_catalog.Replace(hash, location, moved));
            _truth[hash] = moved;
        }
        _catalog.DropSegment(id);
        _segments.Remove(id);
        if (_paged.Remove(id, out HintSample? sample)) sample.Close();
        Compacted++;
    }

    private void Rewrite()
    {
        if (_paged.Count == 0) return;
        uint id = _paged.Keys.ElementAt(random.Next(_paged.Count));
        HintSample old = _paged[id];
        _catalog.PageOut([(_paged[id] = Hints(id)).Open()]);
        old.Close();
    }

    // A store that is opened finds all records, and learns of removals afterwards.
    private void Reopen()
    {
        _catalog = Empty();
        foreach (uint id in _segments.Keys.Where(id => id != Active && !_paged.ContainsKey(id)).ToList()) _paged[id] = Hints(id);
        _catalog.Load([.. _paged.Values.Select(sample => sample.Open())]);
        foreach ((int number, RecordLocation location) in _segments[Active]) _catalog.Set(HintSample.Hash(number), location);
        foreach (BlobHash hash in _segments.Values.SelectMany(records => records).Select(record => HintSample.Hash(record.Number)).Distinct())
        {
            if (!_truth.ContainsKey(hash)) Assert.NotNull(_catalog.Remove(hash));
        }
    }

    private static ChunkCatalog Empty() => new(1 << 20, 1 << 17, new KeySeed(44));

    private HintSample Hints(uint id) =>
        HintSample.Of(id, _segments[id].Select(record => new HintChunk(HintSample.Hash(record.Number), record.Location.Offset, record.Location.Length)));
}
