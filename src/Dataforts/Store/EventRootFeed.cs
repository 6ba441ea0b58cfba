using System.Buffers.Binary;
using Dataforts.Log;
using Dataforts.Store.Events;

namespace Dataforts.Store;

/// <summary>What events keep, as changes of roots.</summary>
internal sealed class EventRootFeed(RootFeed feed) : IEventRoots
{
    public void Add(in EventRoot root) => feed.Add(new RootChange(null, ToState(root)));

    public void Drop(in EventRoot root) => feed.Add(new RootChange(ToState(root), null));

    public void Break() => feed.Break();

    /// <summary>An event as a root: its key is the channel's number and its own.</summary>
    public static RootState ToState(EventRoot root)
    {
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(key, root.Channel);
        BinaryPrimitives.WriteUInt64BigEndian(key[8..], root.Sequence);
        RootReach reach = root.IsDirectory ? RootReach.Directory : RootReach.Blob;
        return new RootState(RootId.Of(RecordKind.Events, isGrace: false, key), root.Ref, reach, root.WrittenAtMs, 0);
    }
}
