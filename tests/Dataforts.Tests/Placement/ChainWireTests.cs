using CsCheck;
using Dataforts.Mesh;
using Dataforts.Placement;

namespace Dataforts.Tests.Placement;

public sealed class ChainWireTests
{
    [Fact]
    public void No_bytes_of_a_peer_make_reading_throw_or_go_past_their_end() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        ChainWire.TryDecodeRead(bytes, out _, out _, out _, out _);
        ChainWire.TryDecodeReadReply(bytes, out _, out _);
        ChainWire.TryDecodePull(bytes, out _, out _, out _);
        ReadOnlySpan<byte> rest = bytes;
        while (ChainWire.TryTake(ref rest, out _, out _, out _, out ReadOnlySpan<byte> payload)) Assert.True(payload.Length <= bytes.Length);
    });

    [Fact]
    public void A_page_is_read_as_it_was_written_and_never_longer_than_a_message()
    {
        var store = new ChainStore(1, new PlacementNodeOptions());
        for (ulong i = 0; i < 40; i++) store.Add(i % 2 == 0 ? "a" : "b", 1, i, (long)i, new byte[100_000 + (int)i]);
        (string channel, ulong sequence) = ("", 0);
        List<ulong> seen = [];
        int pages = 0;
        while (true)
        {
            byte[] page = store.Page(1, channel, sequence)!;
            Assert.InRange(page.Length, 1, MeshLimits.MaxMessageBytes);
            ReadOnlySpan<byte> rest = page.AsSpan(1);
            if (rest.IsEmpty) break;
            pages++;
            while (ChainWire.TryTake(ref rest, out string name, out ulong at, out long time, out ReadOnlySpan<byte> payload))
            {
                Assert.Equal((at % 2 == 0 ? "a" : "b", (long)at, 100_000 + (int)at), (name, time, payload.Length));
                (channel, sequence) = (name, at + 1);
                seen.Add(at);
            }
            Assert.True(rest.IsEmpty);
        }
        Assert.Equal(40, seen.Count);
        Assert.InRange(pages, 4, 6);
    }

    [Fact]
    public void A_copy_keeps_within_its_bytes_and_its_newest()
    {
        var copy = new ChainCopy(1000);
        for (ulong i = 0; i < 100; i++)
        {
            copy.Add("c", i, (long)i, new byte[100]);
            Assert.InRange(copy.Bytes, 0, 1000);
        }
        Assert.True(copy.TryRead("c", 99, out _));
        Assert.False(copy.TryRead("c", 0, out _));
        Assert.False(copy.Add("c", 200, 0, new byte[1000]));
        Assert.False(copy.Add("c", ulong.MaxValue, 0, new byte[1]));
        Assert.True(copy.TryNext("", 0, out string? channel, out ulong at, out _));
        Assert.Equal(("c", 94UL), (channel, at));
    }
}
