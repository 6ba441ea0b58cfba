using System.Text;
using Dataforts.Content;
using Dataforts.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store;

public sealed class NamesTests : IDisposable
{
    private static readonly BlobRef A = SmallRef.Create(BlobHash.Compute("a"u8), 1);
    private static readonly BlobRef B = SmallRef.Create(BlobHash.Compute("b"u8), 1);
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_name_is_set_replaced_and_removed()
    {
        await using (ChunkStore store = await OpenAsync())
        {
            Assert.Null(store.FindName("n"));
            store.SetName("n", A);
            Assert.Equal(new NameEntry("n", A, _time.GetUtcNow(), null), store.FindName("n"));
            _time.Advance(TimeSpan.FromSeconds(3));
            store.SetName("n", B, _time.GetUtcNow().AddHours(1));
            Assert.Equal(new NameEntry("n", B, _time.GetUtcNow(), _time.GetUtcNow().AddHours(1)), store.FindName("n"));
            store.SetName("gone", A);
            Assert.True(store.RemoveName("gone"));
            Assert.False(store.RemoveName("gone"));
            Assert.False(store.RemoveName("never"));
        }
        await using ChunkStore reader = await OpenAsync(writable: false);
        Assert.Equal(B, reader.FindName("n")?.Ref);
        Assert.Null(reader.FindName("gone"));
        Assert.Equal(["n"], reader.ListNames().Select(entry => entry.Name));
        Assert.True(reader.IsRooted(B));
        Assert.False(reader.IsRooted(A));
    }

    [Fact]
    public async Task Of_two_who_want_a_free_name_one_gets_it()
    {
        await using ChunkStore store = await OpenAsync();
        for (int i = 0; i < 50; i++)
        {
            string name = $"n{i}";
            int refused = 0;
            Parallel.Invoke(() => Try(A), () => Try(B), () => Try(A));
            Assert.Equal(2, refused);

            void Try(BlobRef blob)
            {
                try
                {
                    store.SetName(name, blob, ifAbsent: true);
                }
                catch (DatafortsException error) when (error.Kind == ErrorKind.Exists)
                {
                    Assert.Contains(name, error.Message, StringComparison.Ordinal);
                    Interlocked.Increment(ref refused);
                }
            }
        }
    }

    [Fact]
    public async Task A_name_ceases_when_its_time_is_over()
    {
        await using (ChunkStore store = await OpenAsync())
        {
            store.SetName("short", A, _time.GetUtcNow().AddMinutes(1));
            store.SetName("long", B, _time.GetUtcNow().AddHours(1));
            store.SetName("dead", A, DateTimeOffset.UnixEpoch);
            store.SetName("older", A, DateTimeOffset.UnixEpoch.AddYears(-5));
            Assert.Null(store.FindName("dead"));
            Assert.Null(store.FindName("older"));
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.Equal(["long", "short"], store.ListNames().Select(entry => entry.Name));
            Assert.True(store.IsRooted(A));
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(["long"], store.ListNames().Select(entry => entry.Name));
            Assert.Null(store.FindName("short"));
            Assert.False(store.IsRooted(A));
            Assert.False(store.RemoveName("short"));
            store.SetName("dead", B, ifAbsent: true);
        }
        await using ChunkStore reader = await OpenAsync(writable: false);
        Assert.Equal(["dead", "long"], reader.ListNames().Select(entry => entry.Name));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["dead"], reader.ListNames().Select(entry => entry.Name));
    }

    [Fact]
    public async Task Names_come_in_the_order_of_their_bytes()
    {
        // U+10000 and above sort behind U+FFFF in UTF-8, and before it in UTF-16.
        string[] names = ["a", "A", "aa", "a/b", "a b", "é", "z", "\uFFFD", "\uD83D\uDE00", "\u4E2D", "~"];
        await using ChunkStore store = await OpenAsync();
        foreach (string name in names) store.SetName(name, A);
        string[] expected = [.. names.OrderBy(Encoding.UTF8.GetBytes, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)))];
        Assert.Equal(expected, store.ListNames().Select(entry => entry.Name));
        foreach (string prefix in (string[])["a", "a/", "", "\uD83D\uDE00", "\uFFFD", "zz", "é"])
        {
            Assert.Equal(
                expected.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)), store.ListNames(prefix).Select(entry => entry.Name));
        }
        Assert.Equal(expected[4..], store.ListNames(after: expected[3]).Select(entry => entry.Name));
        Assert.Equal(["aa"], store.ListNames("a", after: "a/b").Select(entry => entry.Name).Where(n => n != "a b"));
    }

    [Fact]
    public async Task A_prefix_that_ends_in_the_highest_byte_has_an_end_too()
    {
        // F4 8F BF BF is the last character there is; no UTF-8 has an FF, but the bound of a prefix must not overflow either.
        string last = "\uDBFF\uDFFF";
        await using ChunkStore store = await OpenAsync();
        foreach (string name in (string[])[last, last + last, last + "a", "b"]) store.SetName(name, A);
        Assert.Equal([last, last + "a", last + last], store.ListNames(last).Select(entry => entry.Name));
        Assert.Equal([last + last], store.ListNames(last + last).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(2500)]
    public async Task Many_names_come_in_pages_each_once(int count)
    {
        await using ChunkStore store = await OpenAsync();
        for (int i = 0; i < count; i++) store.SetName($"p{i:D5}", A, i % 7 == 0 ? _time.GetUtcNow() : null);
        Assert.Equal(Enumerable.Range(0, count).Where(i => i % 7 != 0).Select(i => $"p{i:D5}"), store.ListNames("p").Select(entry => entry.Name));
        Assert.Equal(Enumerable.Range(0, count).Count(i => i % 7 != 0 && i > 2000), store.ListNames("p", "p02000").Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("df1-")]
    [InlineData("df1-abc")]
    [InlineData("b0b1b2b3")]
    [InlineData("b0b1b2b301")]
    [InlineData("a\nb")]
    [InlineData("\0")]
    [InlineData("\u007F")]
    [InlineData("a\u0085")]
    [InlineData("\u001B[2J")]
    public async Task What_is_not_a_name_is_refused(string name)
    {
        await using ChunkStore store = await OpenAsync();
        Assert.NotNull(BlobName.Reject(name));
        Assert.Throws<ArgumentException>(() => store.SetName(name, A));
        Assert.Throws<ArgumentException>(() => store.FindName(name));
        Assert.Throws<ArgumentException>(() => store.RemoveName(name));
    }

    [Fact]
    public void Half_a_character_is_no_name()
    {
        // Not as data of a theory: an attribute cannot hold it.
        foreach (string name in (string[])["\uD800", "a\uDC00b", "\uDC00\uD800"]) Assert.NotNull(BlobName.Reject(name));
    }

    [Theory]
    [InlineData("x", 1024)]
    [InlineData("é", 512)]
    [InlineData("\uD83D\uDE00", 256)]
    public async Task A_name_has_at_most_1024_bytes(string character, int times)
    {
        string longest = string.Concat(Enumerable.Repeat(character, times));
        await using ChunkStore store = await OpenAsync();
        store.SetName(longest, A);
        Assert.Equal(A, store.FindName(longest)?.Ref);
        Assert.Equal([longest], store.ListNames().Select(entry => entry.Name));
        ArgumentException error = Assert.Throws<ArgumentException>(() => store.SetName(longest + "y", A));
        Assert.Contains("1024", error.Message, StringComparison.Ordinal);
        Assert.NotNull(BlobName.Reject(new string('x', 1_000_000)));
    }

    [Theory]
    [InlineData("--")]
    [InlineData("Df1-")]
    [InlineData("df1")]
    [InlineData(" ")]
    [InlineData("a/../b")]
    [InlineData("\u00A0")]
    [InlineData("%_'\"\\")]
    public async Task What_only_looks_odd_is_a_name(string name)
    {
        await using ChunkStore store = await OpenAsync();
        store.SetName(name, A);
        store.SetName("other", B);
        Assert.Equal(A, store.FindName(name)?.Ref);
        Assert.Contains(name, store.ListNames(name).Select(entry => entry.Name));
    }

    [Fact]
    public async Task A_pin_keeps_a_ref_until_it_is_taken_back()
    {
        await using (ChunkStore store = await OpenAsync())
        {
            store.Pin(A);
            DateTimeOffset first = _time.GetUtcNow();
            _time.Advance(TimeSpan.FromSeconds(1));
            store.Pin(A);
            store.Pin(B);
            Assert.Equal([new PinEntry(A, first), new PinEntry(B, _time.GetUtcNow())], store.ListPins());
            Assert.True(store.Unpin(A));
            Assert.False(store.Unpin(A));
            Assert.False(store.IsRooted(A));
        }
        await using ChunkStore reader = await OpenAsync(writable: false);
        Assert.Equal([B], reader.ListPins().Select(pin => pin.Ref));
        Assert.True(reader.IsRooted(B));
    }

    [Fact]
    public async Task Content_hashes_are_kept_beside_addresses()
    {
        BlobHash address = BlobHash.Compute("root"u8);
        await using (ChunkStore store = await OpenAsync())
        {
            Assert.Null(store.FindContentHash(address));
            store.RecordContentHash(address, BlobHash.Compute("1"u8));
            long bytes = store.Info.DiskBytes;
            store.RecordContentHash(address, BlobHash.Compute("1"u8));
            Assert.Equal(bytes, store.Info.DiskBytes);
            store.RecordContentHash(address, BlobHash.Compute("2"u8));
        }
        await using ChunkStore reader = await OpenAsync(writable: false);
        Assert.Equal(BlobHash.Compute("2"u8), reader.FindContentHash(address));
    }

    [Fact]
    public async Task A_ref_too_long_for_a_record_is_refused_by_its_limit()
    {
        BlobRef huge = new SmallRef(new string('u', 17 << 20), BlobHash.Compute("a"u8), 1);
        await using (ChunkStore store = await OpenAsync())
        {
            Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => store.SetName("n", huge)).Kind);
            Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => store.Pin(huge)).Kind);
            Assert.Null(store.FindName("n"));
            store.SetName("n", new SmallRef(new string('u', 1 << 20), BlobHash.Compute("a"u8), 1));
        }
        await using ChunkStore reader = await OpenAsync(writable: false);
        Assert.Equal(1 << 20, reader.FindName("n")?.Ref.Uri.Length);
    }

    private Task<ChunkStore> OpenAsync(bool writable = true) => ChunkStore.OpenAsync(
        new StoreOptions { Path = _folder["store"], Writable = writable, Time = _time }, TestContext.Current.CancellationToken);
}
