using Dataforts.Store;
using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>The channels of a store, or channels in memory. Make one for a store and dispose it before the store.</summary>
/// <remarks>Thread-safe. Where there are two for one store all the same, a channel is appended to through the one that did so first, until that is
/// disposed; through the other it is read and tailed, and an append fails as ChannelInUse.
/// A channel is opened once and shared by all who ask for it; an open one that idles costs some hundred bytes.</remarks>
public sealed class EventChannels : IAsyncDisposable
{
    private readonly Dictionary<ChannelName, EmbeddedChannel> _open = [];
    private readonly Lock _gate = new();
    private readonly ChunkStore? _store;
    private readonly TimeProvider _time;
    private readonly SharedCredit _credit;
    private HashSet<ulong>? _hashes;
    private Func<ChannelName, ulong>? _hash;
    private int _collisions;
    private bool _isClosed;

    /// <summary>The channels of a store. One that is open for reading can be tailed and read beside its writer.</summary>
    public EventChannels(ChunkStore store, CreditOptions? credit = null)
        : this(store, (store ?? throw new ArgumentNullException(nameof(store))).Time, credit)
    {
    }

    private EventChannels(ChunkStore? store, TimeProvider time, CreditOptions? credit) =>
        (_store, _time, _credit) = (store, time, new SharedCredit(credit ?? new CreditOptions()));

    /// <summary>How many channels have a name with the canonical hash of another's. They are kept apart all the same.</summary>
    public int Collisions => _store?.Events.Collisions ?? Volatile.Read(ref _collisions);

    /// <summary>How much a channel in memory keeps unless it is told otherwise: 64 MiB, counted as <see cref="EventRetention.MaxBytes"/> says.</summary>
    public static EventRetention DefaultMemoryRetention { get; } = new() { MaxBytes = 64 << 20 };

    /// <summary>Channels in the memory of the process. They take events as <see cref="Durability.Volatile"/> alone. They have no store, so the ref that an
    /// event carries keeps nothing from collection there: whoever publishes it pins the blob, or sets a lease, for as long as it is to be read.</summary>
    public static EventChannels InMemory(TimeProvider? time = null, CreditOptions? credit = null) => InMemory(time, credit, name => name.Hash);

    /// <summary>The same with another hash of names.</summary>
    internal static EventChannels InMemory(TimeProvider? time, CreditOptions? credit, Func<ChannelName, ulong> hash) =>
        new(null, time ?? TimeProvider.System, credit) { _hash = hash };

    /// <summary>A channel, made where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="retention">How much of a new one stays; null for everything, or in memory <see cref="DefaultMemoryRetention"/>. One that is there keeps
    /// what it has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DatafortsException">ChannelNotFound: the store is open for reading, and has none of that name. NoSpace, ReadOnly, WriterFailed,
    /// Io.</exception>
    public ValueTask<IEventChannel> OpenAsync(ChannelName name, EventRetention? retention = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellationToken.ThrowIfCancellationRequested();
        return new(OpenOrNull(name, retention, creates: _store?.IsWritable ?? true) ?? throw NotFound(name));
    }

    /// <summary>A channel; null when there is none of that name.</summary>
    public ValueTask<IEventChannel?> FindAsync(ChannelName name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellationToken.ThrowIfCancellationRequested();
        return new(OpenOrNull(name, null, creates: false));
    }

    /// <summary>The names of all channels, or of those under one, in the order of their bytes.</summary>
    public ValueTask<IReadOnlyList<ChannelName>> ListAsync(ChannelName? prefix = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var names = new List<ChannelName>();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_store is null) names.AddRange(_open.Keys);
        }
        if (_store is not null)
        {
            if (!_store.IsWritable) _store.Events.Refresh();
            // One whose record of its name is damaged has none.
            foreach (StoredChannel channel in _store.Events.List())
            {
                if (ChannelName.TryParse(channel.Name, out ChannelName? name)) names.Add(name);
            }
        }
        if (prefix is not null) names.RemoveAll(name => !prefix.IsPrefixOf(name));
        names.Sort();
        return new(names);
    }

    /// <summary>Writes what appends have gathered and ends all tails.</summary>
    public async ValueTask DisposeAsync()
    {
        EmbeddedChannel[] channels;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            channels = [.. _open.Values];
        }
        foreach (EmbeddedChannel channel in channels) await channel.CloseAsync().ConfigureAwait(false);
    }

    private static DatafortsException NotFound(ChannelName name) => new(ErrorKind.ChannelNotFound, $"there is no channel \"{name}\"");

    private EmbeddedChannel? OpenOrNull(ChannelName name, EventRetention? retention, bool creates)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_open.TryGetValue(name, out EmbeddedChannel? open)) return open;
            IEventLog? log = _store is null ? OpenMemory(name, retention, creates) : OpenStored(_store, name, retention, creates);
            if (log is null) return null;
            return _open[name] = new EmbeddedChannel(name, log, _credit, _time);
        }
    }

    private static StoredEventLog? OpenStored(ChunkStore store, ChannelName name, EventRetention? retention, bool creates)
    {
        StoredChannel? channel = creates ? store.Events.OpenOrCreate(name.Value, retention ?? EventRetention.Everything) : store.Events.Find(name.Value);
        if (channel is null && !store.IsWritable && store.Events.Refresh()) channel = store.Events.Find(name.Value);
        return channel is null ? null : new StoredEventLog(store, channel);
    }

    private MemoryEventLog? OpenMemory(ChannelName name, EventRetention? retention, bool creates)
    {
        if (!creates) return null;
        _hashes ??= [];
        ulong id = _hash!(name);
        if (!_hashes.Add(id))
        {
            _collisions++;
            DatafortsMeter.ChannelCollisions.Add(1);
            while (!_hashes.Add(++id))
            {
            }
        }
        return new MemoryEventLog(id, retention ?? DefaultMemoryRetention, _time);
    }
}
