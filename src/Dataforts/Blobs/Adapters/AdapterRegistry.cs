using System.Collections.Frozen;

namespace Dataforts.Blobs.Adapters;

/// <summary>The adapters of a host, by id. Thread-safe; readers take no lock.</summary>
/// <remarks>It owns nothing: what is taken out keeps working for whoever holds it, and is the host's to dispose.</remarks>
public sealed class AdapterRegistry
{
    private readonly Lock _gate = new();
    private Registered _now = Registered.Of([]);

    /// <summary>How many there are.</summary>
    public int Count => Now.ById.Count;

    /// <summary>Their ids, in order, as of now.</summary>
    public IReadOnlyList<string> Ids => [.. Now.ById.Keys.Order(StringComparer.Ordinal)];

    private Registered Now => Volatile.Read(ref _now);

    /// <summary>Adds an adapter under its own id.</summary>
    /// <exception cref="DatafortsException">Exists: the id is taken. Nothing is replaced.</exception>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public void Register(IBlobAdapter adapter, AdapterTrust trust = AdapterTrust.Foreign)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentException.ThrowIfNullOrEmpty(adapter.Id);
        lock (_gate)
        {
            if (_now.ById.ContainsKey(adapter.Id)) throw new DatafortsException(ErrorKind.Exists, $"an adapter \"{adapter.Id}\" is registered already");
            Volatile.Write(ref _now, Registered.Of([.. _now.ById.Values, new RegisteredAdapter(adapter, trust)]));
        }
    }

    /// <summary>Takes an adapter out; calls under way on it go on.</summary>
    /// <returns>What was registered; null when nothing was.</returns>
    public IBlobAdapter? Unregister(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_gate)
        {
            if (!_now.ById.TryGetValue(id, out RegisteredAdapter? entry)) return null;
            Volatile.Write(ref _now, Registered.Of([.. _now.ById.Values.Where(other => other != entry)]));
            return entry.Adapter;
        }
    }

    /// <summary>The adapter under an id; null when there is none.</summary>
    public RegisteredAdapter? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Now.ById.GetValueOrDefault(id);
    }

    /// <summary>Takes every adapter out, for a host that shuts down.</summary>
    public IReadOnlyList<IBlobAdapter> Drain()
    {
        lock (_gate)
        {
            Registered all = _now;
            Volatile.Write(ref _now, Registered.Of([]));
            return [.. all.ById.Values.Select(entry => entry.Adapter)];
        }
    }

    /// <summary>Those that list a scheme; ones that take any scheme are not among them.</summary>
    internal IReadOnlyList<RegisteredAdapter> Listing(string scheme) => Now.ByScheme.GetValueOrDefault(scheme, []);

    /// <summary>What is registered at one moment, so that routing a ref is one look-up.</summary>
    private sealed record Registered(FrozenDictionary<string, RegisteredAdapter> ById, FrozenDictionary<string, RegisteredAdapter[]> ByScheme)
    {
        public static Registered Of(IReadOnlyList<RegisteredAdapter> adapters) => new(
            adapters.ToFrozenDictionary(entry => entry.Adapter.Id, StringComparer.Ordinal),
            adapters.OrderBy(entry => entry.Adapter.Id, StringComparer.Ordinal)
                .SelectMany(entry => entry.Adapter.Schemes.Distinct(StringComparer.Ordinal), (entry, scheme) => (entry, scheme))
                .GroupBy(listed => listed.scheme, listed => listed.entry, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal));
    }
}
