using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;

namespace Dataforts.Benchmarks.Greedy;

/// <summary>A node with a cache of 64 MiB, at most 8 MiB a channel, and channels that send it events.</summary>
internal sealed class EventSource : IDisposable, IChainClaims
{
    private readonly byte[][] _payloads;
    private readonly ChannelKey[] _keys;

    // Far apart: two channels' counters would else share a cache line.
    private readonly ulong[] _sequences;

    public EventSource(int payloadBytes)
    {
        const int Channels = 64;
        _payloads = [.. Enumerable.Range(0, Channels).Select(_ => new byte[payloadBytes])];
        _keys = [.. Enumerable.Range(1, Channels).Select(number => new ChannelKey((ulong)number * 0x9E3779B97F4A7C15, $"channel/{number}", (ulong)number))];
        _sequences = new ulong[Channels * 32];
        var options = new GreedyOptions
        {
            Rules = new AdmissionRules { Scopes = ["tenant:a"] },
            Limits = new GreedyLimits { TotalCapBytes = 64 << 20, ChannelCapBytes = 8 << 20, NicPeakBytesPerSecond = 1L << 42 },
        };
        Runtime = new GreedyRuntime(options, new GreedyParts { Claims = this });
        Runtime.SetCapabilities(new TagFacts(["hardware.cpu_cores=8"]));
    }

    public GreedyRuntime Runtime { get; }

    public void Send(int channel, int count, Publisher publisher, IReadOnlyDictionary<string, string>? hints)
    {
        byte[] payload = _payloads[channel];
        ref ulong sequence = ref _sequences[channel * 32];
        ChannelKey key = _keys[channel];
        for (int i = 0; i < count; i++)
        {
            Runtime.Dispatch(new ObservedEvent { Key = key, Sequence = ++sequence, Publisher = publisher, Hints = hints, Payload = payload });
        }
    }

    public ValueTask AnnounceAsync(IReadOnlyList<ulong> held, IReadOnlyList<ulong> gone, CancellationToken cancellationToken) => default;

    // blocking: nothing is claimed to anyone here, so it is done at once
    public void Dispose() => Runtime.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
