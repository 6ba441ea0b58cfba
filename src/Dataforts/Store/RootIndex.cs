using System.Buffers;
using System.Text;
using Dataforts.Content;
using Dataforts.Hashing;
using Dataforts.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Store;

/// <summary>Names, pins and content hashes, in an SQLite database derived from the log: kept for its queries, remade at any time.</summary>
/// <remarks>Thread-safe: one call at a time. Beside the rows it holds which record of the log it has taken last, so that whoever opens
/// it can tell whether it is current, behind, or of another past.</remarks>
internal sealed partial class RootIndex : IDisposable
{
    public const string FileName = "names.sqlite";

    private const int SchemaVersion = 2;
    private const int ApplicationId = 0x4446_4E31;
    private static readonly string[] Leftovers = ["-journal", "-wal", "-shm"];
    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    private RootIndex(SqliteConnection connection, bool isInMemory)
    {
        _connection = connection;
        IsInMemory = isInMemory;
    }

    /// <summary>Whether it goes when it is disposed.</summary>
    public bool IsInMemory { get; }

    /// <summary>The last record of the log that went in; 0 for none.</summary>
    public (ulong Sequence, BlobHash Hash) Position
    {
        get
        {
            lock (_gate)
            {
                using SqliteCommand query = Command("SELECT sequence, hash FROM position");
                using SqliteDataReader row = query.ExecuteReader();
                return row.Read() ? ((ulong)row.GetInt64(0), new BlobHash(row.GetFieldValue<byte[]>(1))) : default;
            }
        }
    }

    /// <summary>An empty index in memory.</summary>
    public static RootIndex InMemory()
    {
        var index = new RootIndex(new SqliteConnection("Data Source=:memory:"), isInMemory: true);
        index._connection.Open();
        index.CreateSchema();
        return index;
    }

    /// <summary>The index in a store's folder; null when there is none that can be used.</summary>
    public static RootIndex? TryOpen(string folder, bool writable)
    {
        string path = Path.Combine(folder, FileName);
        if (!writable && !File.Exists(path)) return null;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = writable ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        var index = new RootIndex(connection, isInMemory: false);
        try
        {
            connection.Open();
            if (writable && index.Scalar("PRAGMA application_id") == 0 && index.Scalar("SELECT count(*) FROM sqlite_master") == 0) index.CreateSchema();
            bool ours = index.Scalar("PRAGMA application_id") == ApplicationId && index.Scalar("PRAGMA user_version") == SchemaVersion;
            // The log is the truth and this a copy: a lost or torn copy is remade, so it need not wait for the device.
            if (ours && writable) index.Execute("PRAGMA synchronous = OFF");
            if (ours && index.Scalar("SELECT count(*) FROM position") == 1) return index;
            index.Dispose();
            return null;
        }
        catch (SqliteException)
        {
            // Damaged, locked for good or not a database: the caller remakes it from the log.
            index.Dispose();
            return null;
        }
    }

    /// <summary>The BLAKE3 of a closed index; null when there is none, or one that was not closed in order.</summary>
    public static BlobHash? HashOf(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path) || Leftovers.Any(suffix => File.Exists(path + suffix))) return null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var hasher = new Blake3Hasher();
            for (long offset = 0; RandomAccess.Read(file, buffer, offset) is > 0 and int read; offset += read) hasher.Update(buffer.AsSpan(0, read));
            Span<byte> hash = stackalloc byte[BlobHash.SizeBytes];
            hasher.Finalize(hash);
            return new BlobHash(hash);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A copy that cannot be read is as good as none.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Puts a closed index on stable storage.</summary>
    public static void Flush(string folder)
    {
        string path = Path.Combine(folder, FileName);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        StableStorage.FlushData(file, path);
        StableStorage.FlushFolder(folder);
    }

    /// <summary>Whether an error of reading the index says that it is not what was once written.</summary>
    public static bool IsDamage(Exception error) => error is SqliteException or InvalidCastException or ArgumentException or BlobFormatException;

    /// <summary>Removes the index from a store's folder.</summary>
    public static void Delete(string folder)
    {
        foreach (string suffix in Leftovers.Prepend("")) File.Delete(Path.Combine(folder, FileName + suffix));
    }

    /// <summary>As <see cref="Delete"/>, where it makes no difference whether it succeeds.</summary>
    public static bool TryDelete(string folder)
    {
        try
        {
            Delete(folder);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes one record of the log.</summary>
    public void Apply(RootRecord record, ulong sequence, in BlobHash hash) => ApplyAll([(record, sequence, hash)]);

    /// <summary>Takes records of the log, oldest first, in one transaction.</summary>
    public void ApplyAll(IEnumerable<(RootRecord Record, ulong Sequence, BlobHash Hash)> records)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            (ulong Sequence, BlobHash Hash)? last = null;
            foreach ((RootRecord record, ulong sequence, BlobHash hash) in records)
            {
                ApplyOne(record);
                last = (sequence, hash);
            }
            if (last is { } position) MoveTo(position.Sequence, position.Hash);
            transaction.Commit();
        }
    }

    /// <summary>Says which record of the log counts as the one that was taken last.</summary>
    public void MoveTo(ulong sequence, in BlobHash hash)
    {
        lock (_gate) Execute("UPDATE position SET sequence = $a, hash = $b", (long)sequence, hash.Span.ToArray());
    }

    /// <summary>The entry of a name, expired or not; null when there is none.</summary>
    public NameEntry? FindName(string name)
    {
        lock (_gate)
        {
            using SqliteCommand query = Command("SELECT name, ref, created, expires, reach FROM names WHERE name = $a", Encoding.UTF8.GetBytes(name));
            using SqliteDataReader row = query.ExecuteReader();
            return row.Read() ? ReadName(row) : null;
        }
    }

    /// <summary>Up to <paramref name="limit"/> names, in the order of their UTF-8 bytes, behind <paramref name="after"/>
    /// and beginning with <paramref name="prefix"/>.</summary>
    public List<NameEntry> ListNames(string prefix, string? after, int limit)
    {
        byte[] low = Encoding.UTF8.GetBytes(prefix);
        lock (_gate)
        {
            using SqliteCommand query = Command(
                "SELECT name, ref, created, expires, reach FROM names WHERE name >= $a AND name > $b AND ($c IS NULL OR name < $c) ORDER BY name LIMIT $d",
                low, after is null ? (object)Array.Empty<byte>() : Encoding.UTF8.GetBytes(after), (object?)FirstBehind(low) ?? DBNull.Value, limit);
            using SqliteDataReader row = query.ExecuteReader();
            var entries = new List<NameEntry>();
            while (row.Read()) entries.Add(ReadName(row));
            return entries;
        }
    }

    /// <summary>All pins, oldest first.</summary>
    public List<PinEntry> ListPins()
    {
        lock (_gate)
        {
            using SqliteCommand query = Command("SELECT ref, created, reach FROM pins ORDER BY created, ref");
            using SqliteDataReader row = query.ExecuteReader();
            var entries = new List<PinEntry>();
            while (row.Read())
            {
                entries.Add(new PinEntry(BlobRef.Decode(row.GetFieldValue<byte[]>(0)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)))
                {
                    Reach = (RootReach)row.GetInt64(2),
                });
            }
            return entries;
        }
    }

    /// <summary>Whether a ref is pinned.</summary>
    public bool IsPinned(BlobRef blob) => FindPin(blob.Encode()) is not null;

    /// <summary>Since when a ref is pinned, and how far; null when it is not.</summary>
    public (long MadeAtMs, RootReach Reach)? FindPin(byte[] encoded)
    {
        lock (_gate)
        {
            using SqliteCommand query = Command("SELECT created, reach FROM pins WHERE ref = $a", encoded);
            using SqliteDataReader row = query.ExecuteReader();
            return row.Read() ? (row.GetInt64(0), (RootReach)row.GetInt64(1)) : null;
        }
    }

    /// <summary>Whether a name that has not expired at <paramref name="nowMs"/> stands for a ref.</summary>
    public bool IsNamed(BlobRef blob, long nowMs)
    {
        lock (_gate) return Scalar("SELECT count(*) FROM names WHERE ref = $a AND (expires = 0 OR expires > $b)", blob.Encode(), nowMs) > 0;
    }

    /// <summary>The BLAKE3 of the whole blob whose root or encoding has this address; null when it was not recorded.</summary>
    public BlobHash? FindContentHash(in BlobHash address)
    {
        lock (_gate)
        {
            using SqliteCommand query = Command("SELECT content FROM content_hashes WHERE address = $a", address.Span.ToArray());
            return query.ExecuteScalar() is byte[] { Length: BlobHash.SizeBytes } bytes ? new BlobHash(bytes) : null;
        }
    }

    /// <summary>Whether a record of the log says what no later one has changed. One that removes is needed only while an older segment may
    /// hold what it removed.</summary>
    public bool StillNeeds(RootRecord record, bool hasOlderSegments)
    {
        switch (record.Kind)
        {
            case RecordKind.Name:
                NameEntry? entry = FindName(Encoding.UTF8.GetString(record.Key));
                if (!record.IsSet) return entry is null && hasOlderSegments;
                return entry is not null && entry.Reach == record.Reach && entry.CreatedAt.ToUnixTimeMilliseconds() == record.MadeAtMs
                    && (entry.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0) == record.ExpiresAtMs && entry.Ref.Encode().AsSpan().SequenceEqual(record.Value);
            case RecordKind.Pin:
                // A pin that was ended and set again is the later one; the earlier must not come behind it.
                (long MadeAtMs, RootReach Reach)? pin = FindPin(record.Key);
                return record.IsSet ? pin == (record.MadeAtMs, record.Reach) : pin is null && hasOlderSegments;
            case RecordKind.Lease:
                LeaseRow? lease = FindLease(record.Key, record.IsGrace);
                return record.IsSet ? lease == LeaseRow.Of(record) : lease is null && hasOlderSegments;
            default:
                BlobHash? content = FindContentHash(new BlobHash(record.Key));
                return record.IsSet ? content is { } hash && hash.Span.SequenceEqual(record.Value) : content is null && hasOlderSegments;
        }
    }

    /// <summary>Whether SQLite finds the file as it should be.</summary>
    public bool IsSound()
    {
        lock (_gate)
        {
            using SqliteCommand query = Command("PRAGMA integrity_check(1)");
            return query.ExecuteScalar() as string == "ok";
        }
    }

    /// <summary>A fingerprint of all rows, to compare two indexes with.</summary>
    public BlobHash Fingerprint()
    {
        var hasher = new MemoryStream();
        lock (_gate)
        {
            foreach (string table in (string[])["names", "pins", "leases", "content_hashes"])
            {
                using SqliteCommand query = Command($"SELECT * FROM {table} ORDER BY 1");
                using SqliteDataReader row = query.ExecuteReader();
                while (row.Read())
                {
                    for (int i = 0; i < row.FieldCount; i++)
                        hasher.Write(row.GetValue(i) is byte[] blob ? BlobHash.Compute(blob).Span : BitConverter.GetBytes(row.GetInt64(i)));
                }
            }
        }
        return BlobHash.Compute(hasher.GetBuffer().AsSpan(0, (int)hasher.Length));
    }

    public void Dispose() => _connection.Dispose();

    private void CreateSchema() => Execute($"""
        PRAGMA application_id = {ApplicationId};
        PRAGMA user_version = {SchemaVersion};
        CREATE TABLE names (name BLOB PRIMARY KEY, ref BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, reach INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE INDEX names_by_ref ON names (ref);
        CREATE TABLE pins (ref BLOB PRIMARY KEY, created INTEGER NOT NULL, reach INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE leases (owner BLOB NOT NULL, grace INTEGER NOT NULL, ref BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
            reach INTEGER NOT NULL, PRIMARY KEY (owner, grace)) WITHOUT ROWID;
        CREATE INDEX leases_by_ref ON leases (ref);
        CREATE TABLE content_hashes (address BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE position (sequence INTEGER NOT NULL, hash BLOB NOT NULL);
        INSERT INTO position VALUES (0, zeroblob(32));
        """);

    private void ApplyOne(RootRecord record)
    {
        switch (record.Kind, record.IsSet)
        {
            case (RecordKind.Name, true):
                Execute("REPLACE INTO names VALUES ($a, $b, $c, $d, $e)", record.Key, record.Value, record.MadeAtMs, record.ExpiresAtMs, (long)record.Reach);
                break;
            case (RecordKind.Name, false):
                Execute("DELETE FROM names WHERE name = $a", record.Key);
                break;
            case (RecordKind.Pin, true):
                Execute("REPLACE INTO pins VALUES ($a, $b, $c)", record.Key, record.MadeAtMs, (long)record.Reach);
                break;
            case (RecordKind.Pin, false):
                Execute("DELETE FROM pins WHERE ref = $a", record.Key);
                break;
            case (RecordKind.Lease, true):
                Execute("REPLACE INTO leases VALUES ($a, $b, $c, $d, $e, $f)",
                    record.Key, record.IsGrace ? 1L : 0L, record.Value, record.MadeAtMs, record.ExpiresAtMs, (long)record.Reach);
                break;
            case (RecordKind.Lease, false):
                Execute("DELETE FROM leases WHERE owner = $a AND grace = $b", record.Key, record.IsGrace ? 1L : 0L);
                break;
            case (RecordKind.ContentHash, true):
                Execute("REPLACE INTO content_hashes VALUES ($a, $b)", record.Key, record.Value);
                break;
            case (RecordKind.ContentHash, false):
                Execute("DELETE FROM content_hashes WHERE address = $a", record.Key);
                break;
        }
    }

    private static NameEntry ReadName(SqliteDataReader row)
    {
        long expires = row.GetInt64(3);
        return new NameEntry(Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(0)), BlobRef.Decode(row.GetFieldValue<byte[]>(1)),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)), expires == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(expires))
        {
            Reach = (RootReach)row.GetInt64(4),
        };
    }

    // The least byte string above everything that begins with the prefix; null when nothing is.
    private static byte[]? FirstBehind(byte[] prefix)
    {
        int end = prefix.Length;
        while (end > 0 && prefix[end - 1] == 0xFF) end--;
        if (end == 0) return null;
        byte[] bound = prefix[..end];
        bound[end - 1]++;
        return bound;
    }

    private long Scalar(string sql, params object[] values)
    {
        using SqliteCommand command = Command(sql, values);
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql, params object[] values)
    {
        using SqliteCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params object[] values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++) command.Parameters.AddWithValue("$" + (char)('a' + i), values[i]);
        return command;
    }
}
