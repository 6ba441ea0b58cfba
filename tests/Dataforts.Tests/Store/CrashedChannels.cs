using Dataforts.CrashChild;
using Dataforts.Store;
using Dataforts.Store.Events;

namespace Dataforts.Tests.Store;

/// <summary>What must be in the channels of a store after the acknowledged steps of a <see cref="Workload"/>: a batch is there whole or not at all, and
/// no number is given twice.</summary>
internal sealed class CrashedChannels
{
    private readonly Dictionary<string, (ulong First, List<int> Contents)> _channels = new(StringComparer.Ordinal);

    public void Take(Workload.Step step)
    {
        (ulong first, List<int> contents) = _channels.GetValueOrDefault(step.Name, (0, []));
        _channels[step.Name] = After(step, first, contents);
    }

    public void Check(ChunkStore store, Workload.Step unsure, string where)
    {
        foreach (StoredChannel channel in store.Events.List())
        {
            bool mayDiffer = channel.Name == unsure.Name && unsure.Deed is Workload.Deed.Append or Workload.Deed.Trim;
            (ulong first, List<int> contents) = _channels.GetValueOrDefault(channel.Name, (0, []));
            (ulong First, List<int> Contents) other = mayDiffer ? After(unsure, first, contents) : (first, contents);
            bool isOther = (channel.First, channel.Next) != (first, (ulong)contents.Count);
            if (isOther) (first, contents) = other;
            Assert.True((channel.First, channel.Next) == (first, (ulong)contents.Count),
                $"{where}: {channel.Name} has {channel.First} to {channel.Next} and should have {first} to {contents.Count}");
            CheckEvents(channel, contents, where);
        }
        foreach ((string name, (_, List<int> contents)) in _channels)
            Assert.True(contents.Count == 0 || store.Events.Find(name) is not null, $"{where}: the channel {name} is lost");
    }

    public void Adopt(ChunkStore store)
    {
        using var page = new EventPage();
        foreach (StoredChannel channel in store.Events.List())
        {
            (_, List<int> contents) = _channels.GetValueOrDefault(channel.Name, (0, []));
            // Of a step that came through after all, only what it appended is not known yet.
            for (ulong next = (ulong)contents.Count; next < channel.Next; next++)
            {
                channel.Read(Math.Max(next, channel.First), 1, 1, page);
                contents.Add(page.Count == 0 || page[0].Sequence != next ? -1
                    : Enumerable.Range(0, Workload.ChunkCount).First(chunk => page[0].Payload.Span.SequenceEqual(Workload.Content(chunk))));
            }
            _channels[channel.Name] = (channel.First, contents);
        }
    }

    private static (ulong First, List<int> Contents) After(Workload.Step step, ulong first, List<int> contents)
    {
        if (step.Deed == Workload.Deed.Append)
        {
            contents = [.. contents, .. step.Chunks];
            if (Workload.KeptOf(step.Name) is { } kept) first = Math.Max(first, (ulong)Math.Max(0, contents.Count - kept));
            return (first, contents);
        }
        ulong next = (ulong)contents.Count;
        return (Math.Max(first, next - Math.Min(next, (ulong)(step.Chunk % 20))), contents);
    }

    private static void CheckEvents(StoredChannel channel, List<int> contents, string where)
    {
        using var page = new EventPage();
        for (ulong next = channel.First; next < channel.Next; next = page.Next)
        {
            channel.Read(next, 1 << 20, 1 << 20, page);
            Assert.True(page.Gap == EventGap.None, $"{where}: {channel.Name} has a gap at {next}");
            foreach (StoredEvent one in page.Events)
            {
                bool isSame = one.Payload.Span.SequenceEqual(Workload.Content(contents[(int)one.Sequence]));
                Assert.True(isSame, $"{where}: {channel.Name} {one.Sequence} is another");
            }
        }
    }
}
