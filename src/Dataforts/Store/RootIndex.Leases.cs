using System.Text;
using Dataforts.Content;
using Dataforts.Log;
using Microsoft.Data.Sqlite;

namespace Dataforts.Store;

internal sealed partial class RootIndex
{
    private const string LeaseColumns = "SELECT owner, ref, reach, created, expires, grace FROM leases";

    /// <summary>Whether the index in a store's folder is one that an older program made.</summary>
    public static bool HasOlderSchema(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return false;
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        using var index = new RootIndex(connection, isInMemory: false);
        try
        {
            connection.Open();
            return index.Scalar("PRAGMA application_id") == ApplicationId && index.Scalar("PRAGMA user_version") is > 0 and < SchemaVersion;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>A lease, expired or not; null when there is none.</summary>
    public LeaseRow? FindLease(byte[] key, bool isGrace)
    {
        lock (_gate)
        {
            using SqliteCommand query = Command(LeaseColumns + " WHERE owner = $a AND grace = $b", key, isGrace ? 1L : 0L);
            using SqliteDataReader row = query.ExecuteReader();
            return row.Read() ? ReadLease(row).Row : null;
        }
    }

    /// <summary>Up to <paramref name="limit"/> leases of one kind whose keys come behind one, in the keys' order.</summary>
    public List<(byte[] Key, LeaseRow Row)> ListLeases(bool isGrace, byte[] after, int limit)
    {
        lock (_gate)
        {
            using SqliteCommand query = Command(
                LeaseColumns + " WHERE owner > $a AND grace = $b ORDER BY owner LIMIT $c", after, isGrace ? 1L : 0L, (long)limit);
            using SqliteDataReader row = query.ExecuteReader();
            var entries = new List<(byte[], LeaseRow)>();
            while (row.Read()) entries.Add(ReadLease(row));
            return entries;
        }
    }

    /// <summary>A root, expired or not; null when there is none.</summary>
    public RootState? FindRoot(RecordKind kind, bool isGrace, byte[] key)
    {
        RootId id = RootId.Of(kind, isGrace, key);
        switch (kind)
        {
            case RecordKind.Name:
                return FindName(Encoding.UTF8.GetString(key)) is { } name ? StateOf(id, name) : null;
            case RecordKind.Pin:
                return FindPin(key) is { } pin ? new RootState(id, BlobRef.Decode(key), pin.Reach, pin.MadeAtMs, 0) : null;
            default:
                return FindLease(key, isGrace) is { } lease ? new RootState(id, lease.Ref, lease.Reach, lease.MadeAtMs, lease.ExpiresAtMs) : null;
        }
    }

    /// <summary>All roots, expired ones too.</summary>
    public List<RootState> ListRoots()
    {
        var roots = new List<RootState>();
        lock (_gate)
        {
            using (SqliteCommand query = Command("SELECT name, ref, created, expires, reach FROM names"))
            using (SqliteDataReader row = query.ExecuteReader())
            {
                while (row.Read()) roots.Add(StateOf(RootId.Of(RecordKind.Name, false, row.GetFieldValue<byte[]>(0)), ReadName(row)));
            }
            foreach (PinEntry pin in ListPins())
                roots.Add(new RootState(RootId.Of(RecordKind.Pin, false, pin.Ref.Encode()), pin.Ref, pin.Reach, pin.CreatedAt.ToUnixTimeMilliseconds(), 0));
            using (SqliteCommand query = Command(LeaseColumns))
            using (SqliteDataReader row = query.ExecuteReader())
            {
                while (row.Read())
                {
                    (byte[] key, LeaseRow lease) = ReadLease(row);
                    RootId id = RootId.Of(RecordKind.Lease, lease.IsGrace, key);
                    roots.Add(new RootState(id, lease.Ref, lease.Reach, lease.MadeAtMs, lease.ExpiresAtMs));
                }
            }
        }
        return roots;
    }

    /// <summary>Whether any root, current or not, says of a ref that it is a directory's.</summary>
    public bool IsDirectory(BlobRef blob)
    {
        lock (_gate)
        {
            return Scalar(
                """
                SELECT EXISTS (SELECT 1 FROM names WHERE ref = $a AND reach = 1) OR EXISTS (SELECT 1 FROM pins WHERE ref = $a AND reach = 1)
                    OR EXISTS (SELECT 1 FROM leases WHERE ref = $a AND reach = 1)
                """, blob.Encode()) > 0;
        }
    }

    /// <summary>Whether a root keeps a ref as far as <paramref name="reach"/> until <paramref name="untilMs"/> or longer: a name or pin, whose end
    /// gives time of its own, or a lease that lasts as long.</summary>
    public bool IsKept(BlobRef blob, RootReach reach, long nowMs, long untilMs)
    {
        lock (_gate)
        {
            return Scalar(
                """
                SELECT EXISTS (SELECT 1 FROM names WHERE ref = $a AND reach >= $b AND (expires = 0 OR expires > $c))
                    OR EXISTS (SELECT 1 FROM pins WHERE ref = $a AND reach >= $b)
                    OR EXISTS (SELECT 1 FROM leases WHERE ref = $a AND reach >= $b AND (expires = 0 OR expires >= $d))
                """, blob.Encode(), (long)reach, nowMs, untilMs) > 0;
        }
    }

    /// <summary>Whether an explicit reference keeps a ref.</summary>
    public bool IsLeased(BlobRef blob, long nowMs)
    {
        lock (_gate)
        {
            return Scalar("SELECT EXISTS (SELECT 1 FROM leases WHERE ref = $a AND grace = 0 AND (expires = 0 OR expires > $b))", blob.Encode(), nowMs) > 0;
        }
    }

    /// <summary>An entry for people and programs.</summary>
    public static LeaseEntry ToEntry(byte[] key, LeaseRow row) => new(
        row.IsGrace ? new BlobHash(key).ToString() : Encoding.UTF8.GetString(key), row.Ref, row.Reach,
        DateTimeOffset.FromUnixTimeMilliseconds(row.MadeAtMs), row.ExpiresAtMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresAtMs),
        row.IsGrace);

    private static RootState StateOf(RootId id, NameEntry name) => new(
        id, name.Ref, name.Reach, name.CreatedAt.ToUnixTimeMilliseconds(), name.ExpiresAt is { } end ? end.ToUnixTimeMilliseconds() : 0);

    private static (byte[] Key, LeaseRow Row) ReadLease(SqliteDataReader row) => (row.GetFieldValue<byte[]>(0),
        new LeaseRow(BlobRef.Decode(row.GetFieldValue<byte[]>(1)), (RootReach)row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5) == 1));
}
