using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Store;

namespace Dataforts.Tests.Store;

/// <summary>One of the threads of <see cref="SoakTests"/>. Only it changes the chunks whose number leaves its own as rest, so it knows at any
/// moment which of them are there; of the others it knows what they must hold if they are.</summary>
internal sealed class SoakThread(int own, int threads, VerifiedChunk[] chunks, Random random)
{
    private readonly HashSet<int> _there = [];
    private readonly Dictionary<string, BlobRef> _names = [];

    public int Chunks => _there.Count;

    public int Names => _names.Count;

    public int SegmentsCompacted { get; private set; }

    public async Task RunAsync(ChunkStore store, int steps, CancellationToken cancellationToken)
    {
        for (int step = 0; step < steps; step++)
        {
            int deed = random.Next(100);
            if (deed < 30) PutSome(store);
            else if (deed < 70) Get(store, random.Next(chunks.Length));
            else if (deed < 85) RemoveSome(store);
            else if (deed < 92) Name(store);
            else if (deed < 96) await store.FlushAsync(cancellationToken);
            else
            {
                var options = new CompactionOptions { MinGarbageRatio = 0.05 + (random.NextDouble() / 2) };
                SegmentsCompacted += (await store.CompactAsync(options, cancellationToken: cancellationToken)).Segments;
            }
        }
    }

    /// <summary>All of its chunks and names are there, and none that should not be.</summary>
    public void AssertTrue(ChunkStore store)
    {
        for (int chunk = own; chunk < chunks.Length; chunk += threads) Get(store, chunk);
        foreach ((string name, BlobRef blob) in _names) Assert.Equal(blob, store.FindName(name)?.Ref);
    }

    private int[] Draw() => [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => own + (threads * random.Next(chunks.Length / threads)))];

    private void PutSome(ChunkStore store)
    {
        int[] some = Draw();
        bool[] isNew = new bool[some.Length];
        store.Put([.. some.Select(i => chunks[i])], isNew);
        for (int i = 0; i < some.Length; i++) Assert.True(isNew[i] == _there.Add(some[i]), $"seed {TestSeed.Value}: chunk {some[i]}, new: {isNew[i]}");
    }

    private void RemoveSome(ChunkStore store)
    {
        int[] some = [.. Draw().Where(chunk => chunk % Onlooker.KeptEvery != 0)];
        Assert.Equal(some.Count(_there.Remove), store.Remove([.. some.Select(i => chunks[i].Hash)]));
    }

    private void Get(ChunkStore store, int chunk)
    {
        using ChunkBuffer? buffer = store.Read(chunks[chunk].Hash);
        string where = $"seed {TestSeed.Value}, chunk {chunk}";
        if (chunk % threads == own) Assert.True(buffer is not null == _there.Contains(chunk), $"{where}: it is there: {buffer is not null}");
        if (buffer is not null) Assert.True(buffer.Memory.Span.SequenceEqual(chunks[chunk].Bytes.Span), $"{where}: it is another's");
    }

    private void Name(ChunkStore store)
    {
        string name = $"{own}-{random.Next(10)}";
        if (random.Next(3) == 0)
        {
            Assert.Equal(_names.Remove(name), store.RemoveName(name));
            return;
        }
        VerifiedChunk chunk = chunks[random.Next(chunks.Length)];
        store.SetName(name, _names[name] = SmallRef.Create(chunk.Hash, (ulong)chunk.Bytes.Length));
    }
}
