using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Store;

namespace Dataforts.Tests.Store;

/// <summary>What must be in a store after the acknowledged steps of a <see cref="Workload"/>, and what must not.</summary>
internal sealed class CrashModel
{
    private static readonly byte[][] Contents = [.. Enumerable.Range(0, Workload.ChunkCount).Select(Workload.Content)];
    private static readonly BlobHash[] Hashes = [.. Contents.Select(content => BlobHash.Compute(content))];

    private readonly HashSet<int> _chunks = [];
    private readonly Dictionary<string, BlobRef> _names = new(StringComparer.Ordinal);
    private readonly HashSet<BlobRef> _pins = [];
    private readonly CrashedChannels _channels = new();

    public void Take(Workload.Step step)
    {
        switch (step.Deed)
        {
            case Workload.Deed.Put or Workload.Deed.PutBatch or Workload.Deed.PutDurable:
                _chunks.UnionWith(step.Chunks);
                break;
            case Workload.Deed.Remove:
                _chunks.ExceptWith(step.Chunks);
                break;
            case Workload.Deed.SetName:
                _names[step.Name] = Workload.RefOf(step.Chunk);
                break;
            case Workload.Deed.RemoveName:
                _names.Remove(step.Name);
                break;
            case Workload.Deed.Pin:
                _pins.Add(Workload.RefOf(step.Chunk));
                break;
            case Workload.Deed.Append or Workload.Deed.Trim:
                _channels.Take(step);
                break;
        }
    }

    /// <summary>All that must be there is and verifies, and nothing is that must not be; what <paramref name="unsure"/> was about to change
    /// may have changed.</summary>
    public void Check(ChunkStore store, Workload.Step unsure, string where)
    {
        CheckChunks(store, unsure, where);
        _channels.Check(store, unsure, where);
        Dictionary<string, BlobRef> found = store.ListNames().ToDictionary(n => n.Name, n => n.Ref);
        foreach (string name in _names.Keys.Union(found.Keys))
        {
            BlobRef? wanted = _names.GetValueOrDefault(name), is_ = found.GetValueOrDefault(name);
            bool mayBeNext = name == unsure.Name
                && ((unsure.Deed == Workload.Deed.SetName && is_ == Workload.RefOf(unsure.Chunk))
                    || (unsure.Deed == Workload.Deed.RemoveName && is_ is null));
            Assert.True(is_ == wanted || mayBeNext, $"{where}: {name} is {is_?.ToText() ?? "not there"} and should be {wanted?.ToText() ?? "not there"}");
        }
        BlobRef[] pins = [.. store.ListPins().Select(p => p.Ref)];
        foreach (BlobRef pin in _pins.Except(pins)) Assert.Fail($"{where}: the pin of {pin.ToText()} is lost");
        foreach (BlobRef pin in pins.Except(_pins))
            Assert.True(unsure.Deed == Workload.Deed.Pin && pin == Workload.RefOf(unsure.Chunk), $"{where}: nobody pinned {pin.ToText()}");
    }

    /// <summary>What the unsure step left is so from now on.</summary>
    public void Adopt(ChunkStore store)
    {
        _chunks.Clear();
        for (int chunk = 0; chunk < Hashes.Length; chunk++)
        {
            if (store.Contains(Hashes[chunk])) _chunks.Add(chunk);
        }
        _names.Clear();
        foreach (NameEntry entry in store.ListNames()) _names[entry.Name] = entry.Ref;
        _channels.Adopt(store);
        _pins.UnionWith(store.ListPins().Select(pin => pin.Ref));
    }

    private void CheckChunks(ChunkStore store, Workload.Step unsure, string where)
    {
        bool mayAdd = unsure.Deed is Workload.Deed.Put or Workload.Deed.PutBatch or Workload.Deed.PutDurable;
        bool mayRemove = unsure.Deed == Workload.Deed.Remove;
        int there = 0;
        for (int chunk = 0; chunk < Hashes.Length; chunk++)
        {
            using ChunkBuffer? buffer = store.Read(Hashes[chunk]);
            if (buffer is not null)
            {
                there++;
                Assert.True(buffer.Memory.Span.SequenceEqual(Contents[chunk]), $"{where}: chunk {chunk} is another's");
                Assert.True(_chunks.Contains(chunk) || (mayAdd && unsure.Chunks.Contains(chunk)), $"{where}: chunk {chunk} is back");
            }
            else Assert.True(!_chunks.Contains(chunk) || (mayRemove && unsure.Chunks.Contains(chunk)), $"{where}: chunk {chunk} is lost");
        }
        Assert.Equal(there, store.Info.Chunks);
        // One call that removes is one record: all of it or nothing.
        if (!mayRemove) return;
        int[] left = [.. unsure.Chunks.Distinct().Where(_chunks.Contains)];
        Assert.True(left.Count(chunk => store.Contains(Hashes[chunk])) is var some && (some == 0 || some == left.Length), $"{where}: half a removal");
    }
}
