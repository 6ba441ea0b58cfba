using System.Buffers;
using Dataforts.Greedy.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Greedy.Caching;

/// <summary>A cache with a clock of its own, whose claims are settled when a test says so.</summary>
internal sealed class CacheBench
{
    public const int MiB = 1 << 20;

    private static readonly string[] Names = [.. Enumerable.Range(0, 1024).Select(number => $"c/{number}")];

    public CacheBench(GreedyLimits? limits = null, IVictimOrder? order = null) =>
        Cache = new GreedyCache(limits ?? Limits(4 * MiB), order ?? new ReadOrder(), Time);

    public FakeTimeProvider Time { get; } = new();

    public GreedyCache Cache { get; }

    public List<string> Announced { get; } = [];

    /// <summary>No limit of bytes a second to speak of.</summary>
    public static GreedyLimits Limits(long totalBytes, long channelBytes = MiB) =>
        new() { TotalCapBytes = totalBytes, ChannelCapBytes = channelBytes, NicPeakBytesPerSecond = 1L << 40 };

    public static ChannelKey Key(int number, ulong? origin = null) => new((ulong)number, Names[number], origin ?? (ulong)number);

    public static byte[] Payload(int number, ulong sequence, int length)
    {
        byte[] bytes = new byte[length];
        new Random((int)((uint)number ^ (uint)sequence)).NextBytes(bytes);
        return bytes;
    }

    public AppendOutcome Append(ChannelKey key, ulong sequence, int length = 1000) =>
        Cache.Append(Cache.Find(in key), in key, new IncomingEvent(sequence, 5, Payload((int)key.Hash, sequence, length)), 0);

    /// <summary>Fills a channel with events of 1000 bytes up to a number of payload bytes.</summary>
    public ulong Fill(ChannelKey key, int bytes, ulong from = 0)
    {
        ulong sequence = from;
        for (int done = 0; done < bytes; done += 1000) Append(key, sequence++);
        return sequence;
    }

    public bool Has(ChannelKey key, ulong sequence, int length = 1000)
    {
        var buffer = new ArrayBufferWriter<byte>();
        if (!Cache.TryRead(in key, sequence, buffer, out CachedEvent found)) return false;
        Assert.Equal(new CachedEvent(sequence, 5, length), found);
        Assert.Equal(Payload((int)key.Hash, sequence, length), buffer.WrittenSpan);
        return true;
    }

    public void Announce()
    {
        while (Cache.TakeClaims() is { } batch)
        {
            Announced.AddRange(batch.Advertise.Select(origin => $"+{origin}"));
            Announced.AddRange(batch.Withdraw.Select(origin => $"-{origin}"));
            Cache.Settled(batch);
        }
    }
}
