using System.Collections.Immutable;

namespace Dataforts.Blobs.Adapters;

/// <summary>The adapters of a host, by id. Thread-safe; readers take no lock.</summary>
/// <remarks>It owns nothing: what is taken out keeps working for whoever holds it, and is the host's to dispose.</remarks>
public sealed class AdapterRegistry
{
    private ImmutableDictionary<string, RegisteredAdapter> _adapters = ImmutableDictionary.Create<string, RegisteredAdapter>(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _adapters).Count;

    /// <summary>Their ids, in order, as of now.</summary>
    public IReadOnlyList<string> Ids => [.. Volatile.Read(ref _adapters).Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds an adapter under its own id.</summary>
    /// <exception cref="DatafortsException">Exists: the id is taken. Nothing is replaced.</exception>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public void Register(IBlobAdapter adapter, AdapterTrust trust = AdapterTrust.Foreign)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentException.ThrowIfNullOrEmpty(adapter.Id);
        var entry = new RegisteredAdapter(adapter, trust);
        if (!ImmutableInterlocked.TryAdd(ref _adapters, adapter.Id, entry))
            throw new DatafortsException(ErrorKind.Exists, $"an adapter \"{adapter.Id}\" is registered already");
    }

    /// <summary>Takes an adapter out; calls under way on it go on.</summary>
    /// <returns>What was registered; null when nothing was.</returns>
    public IBlobAdapter? Unregister(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return ImmutableInterlocked.TryRemove(ref _adapters, id, out RegisteredAdapter? entry) ? entry.Adapter : null;
    }

    /// <summary>The adapter under an id; null when there is none.</summary>
    public RegisteredAdapter? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Volatile.Read(ref _adapters).GetValueOrDefault(id);
    }

    /// <summary>Takes every adapter out, for a host that shuts down.</summary>
    public IReadOnlyList<IBlobAdapter> Drain()
    {
        ImmutableDictionary<string, RegisteredAdapter> all = Interlocked.Exchange(ref _adapters, _adapters.Clear());
        return [.. all.Values.Select(entry => entry.Adapter)];
    }

    /// <summary>Those that list a scheme; ones that take any scheme are not among them.</summary>
    internal IReadOnlyList<RegisteredAdapter> Listing(string scheme) =>
        [.. Volatile.Read(ref _adapters).Values.Where(entry => entry.Lists(scheme)).OrderBy(entry => entry.Adapter.Id, StringComparer.Ordinal)];
}
