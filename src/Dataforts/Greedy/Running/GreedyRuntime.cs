using System.Buffers;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;

namespace Dataforts.Greedy.Running;

/// <summary>Watches the events that a node receives, keeps copies of those that it may and wants to, and serves reads from them.</summary>
/// <remarks>
/// <para>Thread-safe. <see cref="Dispatch"/> is called by whoever delivers an event, and neither waits, throws nor allocates for an event that is refused or
/// goes into a block at hand; announcements are made behind it. It decides about the copy only: the event itself goes its way.</para>
/// <para>Greedy caching can be switched and bounded anew at any time; heat is counted whether it is on or off.</para>
/// </remarks>
public sealed partial class GreedyRuntime : IAsyncDisposable
{
    private readonly GreedyCache _cache;
    private readonly VerdictCache _verdicts = new();
    private readonly TimeProvider _time;
    private readonly Lock _change = new();
    private readonly GreedyMeter _meter;
    private NodeSnapshot? _node;
    private TagFacts _local = TagFacts.None;
    private GreedyOptions _options;
    private IChainHeat? _heat;
    private double _fullness;

    /// <summary>Makes one that is switched on.</summary>
    /// <param name="options">How it caches.</param>
    /// <param name="parts">What it works with.</param>
    public GreedyRuntime(GreedyOptions options, GreedyParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        options.Check();
        (_options, _parts, _time) = (options, parts, parts.Time);
        _cache = new GreedyCache(options.Limits, parts.Victims(options.Limits), parts.Time) { ClaimsChanged = Schedule };
        _node = new NodeSnapshot(options.Rules, _local);
        foreach (ref StripedCounter counter in _refusals.AsSpan()) counter = new StripedCounter();
        foreach (ref StripedCounter counter in _pullsRefused.AsSpan()) counter = new StripedCounter();
        _meter = new GreedyMeter(this);
        if (parts.Offer is not null) Schedule();
    }

    /// <summary>Whether events are looked at.</summary>
    public bool IsEnabled => Volatile.Read(ref _node) is not null;

    /// <summary>Counts who is read; null when gravity is off. May be changed at any time.</summary>
    public IChainHeat? Heat
    {
        get => Volatile.Read(ref _heat);
        set => Volatile.Write(ref _heat, value);
    }

    /// <summary>The share of the machine's room, in memory or on disk, that is taken, 0 to 1. The fuller it is, the more urgent an event must be.</summary>
    /// <remarks>What is set here is one of two; the other is the share of the cache that eviction cannot give back yet, because a withdrawal is under way or
    /// fails. The larger of them counts, and is what is read.</remarks>
    public double Fullness
    {
        get => Math.Max(Volatile.Read(ref _fullness), _cache.Pressure);
        set => Volatile.Write(ref _fullness, value);
    }

    internal GreedyCache Cache => _cache;

    /// <summary>Looks at an event, and copies it if it is wanted.</summary>
    public DispatchOutcome Dispatch(in ObservedEvent observed)
    {
        NodeSnapshot? node = Volatile.Read(ref _node);
        if (node is null) return DispatchOutcome.Off;
        ChannelKey key = observed.Key;
        CachedChannel? channel = _cache.Find(in key);
        VerdictEntry entry = EntryFor(channel, node, in observed);
        AdmissionVerdict verdict = entry.Verdict;
        bool held = verdict.Colocation != ColocationNeed.None && IsHeld(verdict.ColocateWith);
        AdmissionRefusal refusal = verdict.Decide(held, Fullness, out int priority);
        if (refusal != AdmissionRefusal.None) return Refuse(refusal);
        long reserve = AdmissionVerdict.ReserveBytes(priority, _cache.Budget.CapacityBytes);
        var item = new IncomingEvent(observed.Sequence, observed.TimeMs, observed.Payload);
        AppendOutcome outcome = _cache.Append(channel, in key, in item, reserve);
        if (outcome != AppendOutcome.Cached) return Refused(outcome);
        if (observed.IsRef) Consider(in observed, entry);
        return DispatchOutcome.Cached;
    }

    /// <summary>Tells it what the node can do now. Verdicts that were found for what it could do before no longer hold.</summary>
    /// <param name="local">Its tags; an object that is not changed.</param>
    public void SetCapabilities(TagFacts local)
    {
        ArgumentNullException.ThrowIfNull(local);
        lock (_change)
        {
            _local = local;
            if (_node is not null) Volatile.Write(ref _node, new NodeSnapshot(_options.Rules, local));
        }
    }

    /// <summary>Sets other rules and bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of bounds; nothing is changed.</exception>
    public void Reconfigure(GreedyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        lock (_change)
        {
            _options = options;
            _cache.Reconfigure(options.Limits);
            if (_node is not null) Volatile.Write(ref _node, new NodeSnapshot(options.Rules, _local));
        }
        if (_parts.Offer is not null) Schedule();
    }

    /// <summary>Begins to look at events; nothing when it does already.</summary>
    public void Enable()
    {
        lock (_change)
        {
            if (_node is not null) return;
            _cache.Start();
            Volatile.Write(ref _node, new NodeSnapshot(_options.Rules, _local));
        }
        if (_parts.Offer is not null) Schedule();
    }

    /// <summary>Reads an event from the cache, and counts the reading, also when it is not there.</summary>
    public bool TryRead(in ChannelKey key, ulong sequence, IBufferWriter<byte> destination, out CachedEvent found)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (key.Origin != 0) Heat?.Read(key.Origin);
        return _cache.TryRead(in key, sequence, destination, out found);
    }

    /// <summary>Reads an event from the cache, or from whoever holds it.</summary>
    /// <returns>Null when nobody has it.</returns>
    public ValueTask<CachedEvent?> ReadAsync(ChannelKey key, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken = default)
    {
        if (TryRead(in key, sequence, destination, out CachedEvent found)) return new ValueTask<CachedEvent?>(found);
        return _parts.Holders is { } holders ? holders.ReadAsync(key, sequence, destination, cancellationToken) : default;
    }

    /// <summary>Reads the events from a number on that the cache has, in their order; there may be gaps between them.</summary>
    /// <param name="key">Their chain.</param>
    /// <param name="from">The lowest number wanted.</param>
    /// <param name="maxBytes">How many payload bytes to hand out at most, beyond the first event.</param>
    /// <param name="destination">Takes the payloads, one behind the other.</param>
    /// <param name="events">Takes what they are.</param>
    public int Read(in ChannelKey key, ulong from, int maxBytes, IBufferWriter<byte> destination, List<CachedEvent> events)
    {
        if (key.Origin != 0) Heat?.Read(key.Origin);
        return _cache.Read(in key, from, maxBytes, destination, events);
    }

    /// <summary>Whether something of a chain is cached.</summary>
    public bool IsHeld(ulong origin) => _cache.Origins.Contains(origin) || _parts.HoldsOwn?.Invoke(origin) == true;

    private VerdictEntry EntryFor(CachedChannel? channel, NodeSnapshot node, in ObservedEvent observed)
    {
        if (channel is null) return _verdicts.Get(node, observed.Publisher, observed.Hints, observed.Key);
        if (channel.Verdict is VerdictEntry known && known.IsFor(node, observed.Publisher, observed.Hints)) return known;
        VerdictEntry judged = _verdicts.Judge(node, observed.Publisher, observed.Hints, observed.Key);
        channel.Verdict = judged;
        return judged;
    }
}
