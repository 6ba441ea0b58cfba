using Dataforts.Store;
using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>A channel of a store.</summary>
internal sealed class StoredEventLog(ChunkStore store, StoredChannel channel) : IEventLog
{
    public ulong Id => channel.Id;

    public uint Epoch => channel.Epoch;

    public ulong First => channel.First;

    public ulong Next => channel.Next;

    public long Bytes => channel.Bytes;

    public EventRetention Retention => channel.Retention;

    public bool IsDurable => true;

    public bool IsShared => !store.IsWritable;

    public ulong Append(ReadOnlySpan<byte> payload, bool isRef, ulong expected) =>
        channel.TryAppend(payload, isRef, expected, out ulong number) ? number : throw new SequenceMismatchException(expected, number);

    public ulong Append(in PackedEvents events, ulong expected) =>
        channel.TryAppend(events, expected, out ulong first) ? first : throw new SequenceMismatchException(expected, first);

    public void SkipTo(ulong next) => channel.SkipTo(next);

    public void BeginTellingAhead()
    {
        if (!store.IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, $"the store at {store.Path} is open for reading");
        store.Events.BeginTellingAhead();
    }

    // Of a store open for reading each append is refused as such.
    public bool TryBeginWriting(object writer) => !store.IsWritable || channel.TryTakePart(writer);

    public void EndWriting(object writer) => channel.GiveUpPart(writer);

    public void BeginWatching(IAppendWatcher watcher) => channel.BeginWatching(watcher);

    public void EndWatching(IAppendWatcher watcher) => channel.EndWatching(watcher);

    public void WakeOthers(IAppendWatcher but) => channel.WakeOthers(but);

    public EventRange Read(ulong from, int maxBytes, int maxEvents, EventPage page)
    {
        channel.Read(from, maxBytes, maxEvents, page);
        if (page.Events.Count == 0) return new EventRange([], page.Next, ReasonOf(page.Gap));
        // The page is read into again; what is handed out is the reader's for good.
        int length = 0;
        for (int i = 0; i < page.Events.Count; i++) length += page.Events[i].Payload.Length;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        var events = new ChannelEvent[page.Events.Count];
        int at = 0;
        for (int i = 0; i < events.Length; i++)
        {
            StoredEvent one = page.Events[i];
            one.Payload.CopyTo(bytes.AsMemory(at));
            events[i] = new ChannelEvent(one.Sequence, DateTimeOffset.FromUnixTimeMilliseconds(one.WrittenAtMs), one.Epoch, one.IsRef,
                bytes.AsMemory(at, one.Payload.Length));
            at += one.Payload.Length;
        }
        return new EventRange(events, page.Next, GapReason.None);
    }

    public ulong Trim(ulong upTo) => channel.Trim(upTo);

    public void SetRetention(EventRetention retention) => channel.SetRetention(retention);

    public Task FlushAsync(int waiters) => store.FlushForAsync(waiters);

    public void Refresh() => store.Events.Refresh();

    private static GapReason ReasonOf(EventGap gap) => gap switch
    {
        EventGap.None => GapReason.None,
        EventGap.Dropped => GapReason.Dropped,
        _ => GapReason.Damaged,
    };
}
