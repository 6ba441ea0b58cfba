using Dataforts.Content;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    // A blob that is put over and over gets a lease a minute, where the grace is a day.
    private const int GraceSteps = 1440;
    private const int MostGiven = 16 * 1024;

    // Blobs that have been given time, and until when; a part of what the index of names knows.
    private readonly Dictionary<BlobRef, long> _given = [];

    /// <summary>How long what nothing keeps, or keeps any more, is safe from collection.</summary>
    public TimeSpan GracePeriod => _options.GracePeriod;

    /// <summary>Keeps a blob for an owner: what a channel's event or a host application holds. An owner keeps one blob; set again, the lease
    /// is replaced. <see cref="Durability.Buffered"/> on return, as for a name.</summary>
    /// <param name="owner">Who keeps it, in the owner's own words: as <see cref="BlobName"/> has it.</param>
    /// <param name="blob">What is kept; that it is there is not asked.</param>
    /// <param name="expiresAt">When it ends by itself, with no grace; null for when it is released.</param>
    /// <param name="reach">How far it keeps; null for as far as any other root of this ref says.</param>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is not allowed.</exception>
    /// <exception cref="DatafortsException">As <see cref="Put(VerifiedChunk)"/>.</exception>
    public void SetLease(string owner, BlobRef blob, DateTimeOffset? expiresAt = null, RootReach? reach = null)
    {
        BlobName.ThrowIfInvalid(owner);
        ArgumentNullException.ThrowIfNull(blob);
        lock (_rootsGate)
        {
            RootRecord record = RootRecord.SetLease(owner, blob, ReachOf(blob, reach), Time.GetUtcNow(), expiresAt);
            LeaseRow? before = Query(index => index.FindLease(record.Key, isGrace: false));
            if (before is { } same && same.Ref == blob && same.Reach == record.Reach && same.ExpiresAtMs == record.ExpiresAtMs) return;
            if (before is { } other && (other.Ref != blob || other.Reach > record.Reach)) GiveTimeAfter(other);
            Commit(record);
        }
    }

    /// <summary>Ends a lease. What it kept stays for the grace period, and until it is collected.</summary>
    /// <returns>Whether there was one that had not expired.</returns>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is not allowed.</exception>
    public bool ReleaseLease(string owner)
    {
        BlobName.ThrowIfInvalid(owner);
        byte[] key = System.Text.Encoding.UTF8.GetBytes(owner);
        lock (_rootsGate)
        {
            if (Query(index => index.FindLease(key, isGrace: false)) is not { } lease) return false;
            GiveTimeAfter(lease);
            Commit(RootRecord.EndLease(key, isGrace: false, Time.GetUtcNow()));
            return IsCurrent(lease);
        }
    }

    /// <summary>All leases that have not expired: explicit references in the order of their owners, then those that only give time.</summary>
    public IEnumerable<LeaseEntry> ListLeases()
    {
        foreach (bool isGrace in (bool[])[false, true])
        {
            byte[] after = [];
            while (true)
            {
                byte[] from = after;
                List<(byte[] Key, LeaseRow Row)> page = Query(index => index.ListLeases(isGrace, from, PageSize));
                foreach ((byte[] key, LeaseRow row) in page)
                {
                    if (IsCurrent(row)) yield return RootIndex.ToEntry(key, row);
                }
                if (page.Count < PageSize) break;
                after = page[^1].Key;
            }
        }
    }

    /// <summary>Gives blobs that nothing keeps the grace period from now on, or a little more, in one commit of the index of names.</summary>
    internal void GiveTime(IReadOnlyCollection<BlobRef> blobs, RootReach? asked = null)
    {
        if (blobs.Count == 0) return;
        DateTimeOffset now = Time.GetUtcNow();
        long until = UntilMs(now.ToUnixTimeMilliseconds());
        long longer = until + (long)(_options.GracePeriod.TotalMilliseconds / GraceSteps);
        lock (_rootsGate)
        {
            List<RootRecord>? records = null;
            foreach (BlobRef blob in blobs)
            {
                if (asked is null && _given.TryGetValue(blob, out long given) && given >= until) continue;
                RootReach reach = ReachOf(blob, asked);
                if (Query(index => index.IsKept(blob, reach, now.ToUnixTimeMilliseconds(), until))) continue;
                (records ??= []).Add(RootRecord.GiveTime(blob, reach, now, longer));
            }
            if (records is null) return;
            CommitAll(records);
            if (_given.Count + blobs.Count > MostGiven) _given.Clear();
            if (blobs.Count > MostGiven || asked is not null) return;
            foreach (RootRecord record in records) _given[BlobRef.Decode(record.Value)] = longer;
        }
    }

    // A root that ends keeps what it stood for a while longer. Whether another root keeps it as well does not matter: it may end first.
    private void GiveTime(BlobRef blob, RootReach reach, long endMs)
    {
        DateTimeOffset now = Time.GetUtcNow();
        long until = UntilMs(endMs);
        if (until > now.ToUnixTimeMilliseconds()) Commit(RootRecord.GiveTime(blob, reach, now, until));
    }

    private void GiveTimeAfter(LeaseRow lease)
    {
        // One that has expired has had its time.
        if (IsCurrent(lease)) GiveTime(lease.Ref, lease.Reach, NowMs());
    }

    private RootReach ReachOf(BlobRef blob, RootReach? asked) =>
        asked ?? (_rootRecords.Count > 0 && Query(index => index.IsDirectory(blob)) ? RootReach.Directory : RootReach.Blob);

    private long EndOf(NameEntry entry) => Math.Min(NowMs(), entry.ExpiresAt?.ToUnixTimeMilliseconds() ?? long.MaxValue);

    private bool IsCurrent(LeaseRow lease) => lease.ExpiresAtMs == 0 || lease.ExpiresAtMs > NowMs();

    private long UntilMs(long fromMs) =>
        fromMs + Math.Min((long)_options.GracePeriod.TotalMilliseconds, (DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() / 2) - Math.Max(0, fromMs));
}
