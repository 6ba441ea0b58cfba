using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

internal sealed partial class ChunkIndex
{
    /// <summary>A table, the lock of those who change it, and the count of changes that its readers go by.</summary>
    private sealed partial class Shard
    {
        private readonly Lock _gate = new();
        private SlotTable _table = new(SlotTable.LeastLength);

        // Odd while the table is changed.
        private int _version;
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public long TableBytes => Volatile.Read(ref _table).Bytes;

        public bool TryGet(in BlobHash hash, out RecordLocation location)
        {
            var wait = default(SpinWait);
            while (true)
            {
                int version = Volatile.Read(ref _version);
                if ((version & 1) == 0)
                {
                    SlotTable table = Volatile.Read(ref _table);
                    int slot = table.Find(hash);
                    location = slot < 0 ? default : table.LocationAt(slot);
                    Volatile.ReadBarrier();
                    if (Volatile.Read(ref _version) == version) return slot >= 0;
                }
                wait.SpinOnce();
            }
        }

        public void PrefetchTags(in BlobHash hash) => Volatile.Read(ref _table).PrefetchTags(hash);

        public void PrefetchEntry(in BlobHash hash) => Volatile.Read(ref _table).PrefetchEntry(hash);

        public RecordLocation? Set(in BlobHash hash, RecordLocation location, uint? stamp)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                RecordLocation? before = slot < 0 ? null : _table.LocationAt(slot);
                Put(slot, hash, location, stamp);
                return before;
            }
        }

        public bool Replace(in BlobHash hash, RecordLocation expected, RecordLocation location, uint? stamp)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                if ((slot < 0 ? default : _table.LocationAt(slot)) != expected) return false;
                Put(slot, hash, location, stamp);
                return true;
            }
        }

        public RecordLocation? Remove(in BlobHash hash)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                if (slot < 0) return null;
                RecordLocation before = _table.LocationAt(slot);
                TakeOut(slot, hash);
                return before;
            }
        }

        public bool Remove(in BlobHash hash, RecordLocation expected)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                if (slot < 0 || _table.LocationAt(slot) != expected) return false;
                TakeOut(slot, hash);
                return true;
            }
        }

        public void EnsureCapacity(int count)
        {
            lock (_gate)
            {
                int length = SlotTable.LengthFor(count);
                if (length > _table.Length) Volatile.Write(ref _table, _table.CopyOf(length));
            }
        }

        public List<KeyValuePair<BlobHash, RecordLocation>> Snapshot()
        {
            lock (_gate) return _table.Entries(_count);
        }

        private void Put(int slot, in BlobHash hash, RecordLocation location, uint? stamp)
        {
            // The larger table is whole before anyone sees it, and the smaller one does not change any more.
            if (slot < 0 && _count >= _table.Capacity) Volatile.Write(ref _table, _table.CopyOf(_table.NextLength));
            bool isNew = slot < 0;
            if (!isNew) Account(slot, -1);
            BeginChange();
            if (isNew) slot = _table.Add(hash, location);
            else _table.SetLocation(slot, location);
            EndChange();
            ReviseWord(slot, hash, isNew, stamp);
            Account(slot, 1);
            if (isNew) Volatile.Write(ref _count, _count + 1);
        }

        private void TakeOut(int slot, in BlobHash hash)
        {
            SetCountsApart(slot, hash);
            Account(slot, -1);
            BeginChange();
            _table.Remove(slot);
            EndChange();
            Volatile.Write(ref _count, _count - 1);
        }

        private void BeginChange()
        {
            Volatile.Write(ref _version, _version + 1);
            Volatile.WriteBarrier();
        }

        private void EndChange() => Volatile.Write(ref _version, _version + 1);
    }
}
