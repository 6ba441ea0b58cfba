using CsCheck;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh.Embedded;

public sealed class EmbeddedChannelTests
{
    [Fact]
    public void It_keeps_what_fits_and_the_newest_whatever_its_length()
    {
        var channel = new EmbeddedChannel(capacity: 100, maxBytes: 1000, isVirtual: true);
        for (int i = 0; i < 50; i++) channel.Append(Event(300));
        Assert.Equal([47UL, 48, 49], channel.Read(0, 10).Events.Select(item => item.Sequence));
        Assert.Equal(50UL, channel.Append(Event(5000)));
        Assert.Equal([50UL], channel.Read(0, 10).Events.Select(item => item.Sequence));
        Assert.Equal(51UL, channel.Append(Event(1)));
        Assert.Equal([51UL], channel.Read(0, 10).Events.Select(item => item.Sequence));
    }

    [Fact]
    public void It_reads_as_a_plain_list_does() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 60].Array[0, 200], Gen.Int[0, 250], Gen.Int[1, 30]).Sample((capacity, lengths, from, most) =>
        {
            const int MaxBytes = 500;
            var channel = new EmbeddedChannel(capacity, MaxBytes, isVirtual: true);
            var kept = new List<(ulong Sequence, int Length)>();
            foreach (int length in lengths)
            {
                while (kept.Count > 0 && (kept.Count >= capacity || kept.Sum(item => item.Length) + length > MaxBytes)) kept.RemoveAt(0);
                kept.Add((channel.Append(Event(length)), length));
            }
            (MeshEvent[] events, Task more) = channel.Read((ulong)from, most);
            Assert.Equal(
                kept.Where(item => item.Sequence >= (ulong)from).Take(most),
                events.Select(item => (item.Sequence, item.Payload.Length)));
            Assert.Equal(events.Length > 0, more.IsCompleted);
        });

    private static MeshEvent Event(int length) => new("c", 1, new NodeId(1), 0, default, new byte[length], false, null);
}
