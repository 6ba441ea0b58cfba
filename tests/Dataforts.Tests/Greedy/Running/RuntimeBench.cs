using System.Buffers;
using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Running;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Greedy.Running;

/// <summary>A runtime, what it announces, and how warm it thinks chains are. Announcements are made when a test says so.</summary>
internal sealed class RuntimeBench : IChainClaims, IChainHeat
{
    private readonly ManualScheduler _scheduler = new();

    public RuntimeBench(GreedyOptions? options = null, Func<GreedyParts, GreedyParts>? parts = null)
    {
        var made = new GreedyParts { Time = Time, Claims = this, Scheduler = _scheduler };
        Runtime = new GreedyRuntime(options ?? Options(), parts?.Invoke(made) ?? made);
    }

    public FakeTimeProvider Time { get; } = new();

    public GreedyRuntime Runtime { get; }

    public HashSet<ulong> Claimed { get; } = [];

    public List<string> Announced { get; } = [];

    public List<ulong> Reads { get; } = [];

    public bool Fails { get; set; }

    public Action? OnAnnounce { get; set; }

    public static GreedyOptions Options() => new() { Limits = Caching.CacheBench.Limits(64 << 20, 16 << 20) };

    public static Publisher PublisherOf(params string[] tags) => new(new TagFacts(tags), PublisherHints.None, TimeSpan.FromMilliseconds(1));

    public DispatchOutcome Dispatch(
        int channel, ulong sequence, Publisher? publisher = null, IReadOnlyDictionary<string, string>? hints = null, byte[]? payload = null, bool isRef = false,
        ulong? origin = null) =>
        Runtime.Dispatch(new ObservedEvent
        {
            Key = Caching.CacheBench.Key(channel, origin),
            Sequence = sequence,
            Publisher = publisher ?? Publisher.Unknown,
            Hints = hints,
            Payload = payload ?? [1, 2, 3],
            IsRef = isRef,
        });

    public bool Has(int channel, ulong sequence) => Runtime.TryRead(Caching.CacheBench.Key(channel), sequence, new ArrayBufferWriter<byte>(), out _);

    /// <summary>Runs what was begun in the background.</summary>
    public void Run() => _scheduler.Run();

    public ValueTask AnnounceAsync(IReadOnlyList<ulong> held, IReadOnlyList<ulong> gone, CancellationToken cancellationToken)
    {
        OnAnnounce?.Invoke();
        if (Fails) throw new InvalidOperationException("No announcement today.");
        foreach (ulong origin in held) Assert.True(Claimed.Add(origin));
        foreach (ulong origin in gone) Assert.True(Claimed.Remove(origin));
        Announced.AddRange(held.Select(origin => $"+{origin}"));
        Announced.AddRange(gone.Select(origin => $"-{origin}"));
        return default;
    }

    public void Read(ulong chain) => Reads.Add(chain);

    public void Gone(ulong chain) => Announced.Add($"cold {chain}");
}
