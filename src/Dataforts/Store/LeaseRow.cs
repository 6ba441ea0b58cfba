using Dataforts.Content;

namespace Dataforts.Store;

/// <summary>A lease as the index of names holds it.</summary>
internal readonly record struct LeaseRow(BlobRef Ref, RootReach Reach, long MadeAtMs, long ExpiresAtMs, bool IsGrace)
{
    public static LeaseRow Of(RootRecord record) =>
        new(BlobRef.Decode(record.Value), record.Reach, record.MadeAtMs, record.ExpiresAtMs, record.IsGrace);
}
