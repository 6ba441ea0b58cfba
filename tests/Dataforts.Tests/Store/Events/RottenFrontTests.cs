using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Store.Events;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store.Events;

/// <summary>What lies at the front of a channel is damaged: retention goes on.</summary>
public sealed class RottenFrontTests : IDisposable
{
    private const int PayloadBytes = 32, Stride = RecordHeader.SizeBytes + PayloadBytes;

    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StoreOptions Options => SampleStore.OptionsOf(_folder["store"]) with { Time = _time };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(1, 60)]
    [InlineData(50, 30)]
    public async Task Events_that_cannot_be_read_become_too_old_with_those_behind_them(int from, int count)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxAge = TimeSpan.FromSeconds(150) });
        Append(channel, 101);
        for (int i = from; i < from + count; i++) Flip(i);
        // How old the first event is was known before the damage.
        channel.Trim(1);
        // The clock stands at 101 s; event n was written at n s.
        for (int now = 102; now <= 300; now++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            store.Events.Sweep(Cancel);
            int due = Math.Clamp(now - 150, 1, 101), bound = due > from && due <= from + count ? from : due;
            Assert.Equal((ulong)bound, channel.First);
        }
        Assert.Equal((101UL, 0L, (long)count), (channel.First, channel.Bytes, store.Events.Unreadable));
    }

    [Fact]
    public async Task Where_nothing_can_be_read_age_counts_from_when_that_was_found_and_appends_go_on()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxAge = TimeSpan.FromSeconds(50) });
        Append(channel, 11);
        for (int i = 1; i <= 10; i++) Flip(i);
        channel.Trim(1);
        _time.Advance(TimeSpan.FromSeconds(100));
        store.Events.Sweep(Cancel);
        Assert.Equal((1UL, 10L), (channel.First, store.Events.Unreadable));
        _time.Advance(TimeSpan.FromSeconds(40));
        Append(channel, 1);
        Assert.Equal(1UL, channel.First);
        _time.Advance(TimeSpan.FromSeconds(20));
        store.Events.Sweep(Cancel);
        Assert.Equal((11UL, 12UL, 10L), (channel.First, channel.Next, store.Events.Unreadable));
    }

    [Fact]
    public async Task Events_that_cannot_be_read_count_as_long_as_their_neighbours()
    {
        const int Kept = 30;
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxBytes = Kept * (PayloadBytes + EventLimits.EventOverheadBytes) });
        Append(channel, Kept);
        for (int i = 0; i < 5; i++) Flip(i);
        for (ulong i = 1; i <= 100; i++)
        {
            Append(channel, 1);
            Assert.Equal((i, Kept * PayloadBytes), (channel.First, channel.Bytes));
        }
    }

    [Fact]
    public async Task A_table_that_is_wrong_does_not_stop_retention_by_bytes()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxBytes = 4000 });
        channel.TryAppend([.. Enumerable.Range(0, 20).Select(i => new NewEvent(new byte[10 + i]))], null, out _);
        // The length of the second event, in the table behind the header.
        Flip(0, RecordHeader.SizeBytes + EventSlot.WordBytes + 3, 0x3F);
        for (int i = 0; i < 100; i++)
        {
            channel.TryAppend(new byte[32], isRef: false, null, out _);
            Assert.InRange(channel.Bytes, 0, 4000);
        }
        Assert.Equal((79UL, 41L * 32), (channel.First, channel.Bytes));
    }

    private void Append(StoredChannel channel, int count)
    {
        for (int i = 0; i < count; i++)
        {
            channel.TryAppend(new byte[PayloadBytes], isRef: false, null, out _);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    // A bit of the header of an event, or of what lies behind it, where the events begin behind the channel's own record.
    private void Flip(int index, int at = 20, byte bits = 1)
    {
        string path = SampleStore.Segment(_folder["store"]);
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[Stride * 4];
        file.ReadExactly(bytes);
        int first = 0;
        for (; bytes[first] != (byte)'D' || bytes[first + 1] != 'F' || bytes[first + 2] != 'r' || bytes[first + 4] != (byte)RecordKind.Events;) first += 8;
        file.Position = first + (index * Stride) + at;
        int old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ bits));
    }
}
