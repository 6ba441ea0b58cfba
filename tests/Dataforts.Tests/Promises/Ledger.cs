using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Tests.Devices;

namespace Dataforts.Tests.Promises;

/// <summary>What a writer was asked for and what it was promised, against the operations of a <see cref="Recording"/>: from it follows what must
/// be in a store, and what may, when power is lost behind any of them.</summary>
internal sealed class Ledger(Recording recording)
{
    private const string Nothing = "not there";

    private readonly List<Change> _changes = [];
    private readonly List<(int At, int Changes)> _promises = [];
    private readonly Dictionary<BlobHash, byte[]> _contents = [];

    private sealed record Change(string Key, string? Value, int Began)
    {
        public bool IsDoubtful { get; set; }
    }

    /// <summary>Chunks that were put, whether they are there or not.</summary>
    public IReadOnlyDictionary<BlobHash, byte[]> Contents => _contents;

    /// <summary>A chunk is about to be put.</summary>
    public VerifiedChunk Put(byte[] content)
    {
        VerifiedChunk chunk = ChunkVerifier.Hash(content);
        _contents[chunk.Hash] = content;
        Begin($"chunk {chunk.Hash}", "there");
        return chunk;
    }

    /// <summary>A chunk is about to be removed.</summary>
    public void Remove(BlobHash hash) => Begin($"chunk {hash}", null);

    /// <summary>A name is about to be set, or, with null, removed.</summary>
    public void Name(string name, BlobRef? blob) => Begin($"name {name}", blob?.ToText());

    /// <summary>A pin is about to be set or removed.</summary>
    public void Pin(BlobRef blob, bool isSet) => Begin($"pin {blob.ToText()}", isSet ? "there" : null);

    /// <summary>An event is about to be appended.</summary>
    public void Event(string channel, ulong sequence, byte[] payload) => Begin(KeyOf(channel, sequence), BlobHash.Compute(payload).ToString());

    /// <summary>An event is about to be dropped.</summary>
    public void DropEvent(string channel, ulong sequence) => Begin(KeyOf(channel, sequence), null);

    /// <summary>How many changes have begun; taken before a flush is asked for, it is what the flush will promise.</summary>
    public int Changes => _changes.Count;

    /// <summary>What was asked for from this change on was refused, or acknowledged as buffered and lost: it may be so or not.</summary>
    public void Doubt(int from)
    {
        foreach (Change change in _changes.Skip(from)) change.IsDoubtful = true;
    }

    /// <summary>How many changes the last promise covers.</summary>
    public int Promised => _promises.Count == 0 ? 0 : _promises.Max(promise => promise.Changes);

    /// <summary>A flush came back: so many changes are durable from here on.</summary>
    public void Promise(int changes) => _promises.Add((recording.Count, changes));

    /// <summary>How many changes were promised to be durable when power is lost behind so many operations.</summary>
    public int PromisedAt(int cut) => _promises.Where(promise => promise.At <= cut).Select(promise => promise.Changes).DefaultIfEmpty(0).Max();

    /// <summary>What stands in a store is what was promised, or what had begun since.</summary>
    public void Check(ChunkStore store, int cut) => Check(store, PromisedAt(cut), cut);

    /// <summary>While the machine lives all that was acknowledged stands.</summary>
    public void CheckAll(ChunkStore store) => Check(store, _changes.Count, int.MaxValue);

    private void Check(ChunkStore store, int promised, int cut)
    {
        var allowed = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (int i = 0; i < _changes.Count; i++)
        {
            if (i >= promised && _changes[i].Began >= cut) continue;
            if (!allowed.TryGetValue(_changes[i].Key, out HashSet<string>? values)) allowed[_changes[i].Key] = values = [Nothing];
            if (i < promised && !_changes[i].IsDoubtful) values.Clear();
            values.Add(_changes[i].Value ?? Nothing);
        }
        Dictionary<string, string> found = StateOf(store);
        foreach ((string key, HashSet<string> values) in allowed)
        {
            string value = found.Remove(key, out string? there) ? there : Nothing;
            Assert.True(values.Contains(value), $"{key} is {value}; it may be {string.Join(" or ", values)}");
        }
        Assert.Empty(found);
    }

    private Dictionary<string, string> StateOf(ChunkStore store)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((BlobHash hash, _) in store.Enumerate())
        {
            Assert.True(_contents.TryGetValue(hash, out byte[]? content), "a chunk that was never put");
            using ChunkBuffer? buffer = store.Read(hash);
            Assert.True(buffer is not null && buffer.Memory.Span.SequenceEqual(content));
            found[$"chunk {hash}"] = "there";
        }
        foreach (NameEntry entry in store.ListNames())
        {
            Assert.True(store.Contains(((SmallRef)entry.Ref).Hash), $"{entry.Name} stands for a chunk that is gone");
            found[$"name {entry.Name}"] = entry.Ref.ToText();
        }
        foreach (PinEntry pin in store.ListPins())
        {
            Assert.True(store.Contains(((SmallRef)pin.Ref).Hash), "a pin of a chunk that is gone");
            found[$"pin {pin.Ref.ToText()}"] = "there";
        }
        foreach (StoredChannel channel in store.Events.List()) AddEvents(channel, found);
        return found;
    }

    private static void AddEvents(StoredChannel channel, Dictionary<string, string> found)
    {
        using var page = new EventPage();
        for (ulong next = channel.First; next < channel.Next; next = page.Next)
        {
            channel.Read(next, 1 << 20, 1 << 20, page);
            foreach (StoredEvent one in page.Events) found[KeyOf(channel.Name, one.Sequence)] = BlobHash.Compute(one.Payload.Span).ToString();
        }
    }

    private static string KeyOf(string channel, ulong sequence) => $"event {channel} {sequence}";

    private void Begin(string key, string? value) => _changes.Add(new Change(key, value, recording.Count));
}
