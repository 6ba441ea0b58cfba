using System.Collections.Concurrent;
using Dataforts.Channels;
using Dataforts.Greedy.Caching;

namespace Dataforts.Placement;

/// <summary>The keys of channels, each made once, and which channels belong to a chain.</summary>
/// <remarks>Thread-safe. Bounded: a channel too many is served where it is named, and left out where a chain is listed.</remarks>
internal sealed class ChannelKeys(int most = PlacementLimits.MaxChannels)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(string, ulong), ChannelKey> _keys = new();
    private readonly Dictionary<ulong, SortedSet<string>> _channels = [];
    private int _noted;

    /// <summary>The key of a channel of a chain, noted as one. False for a text that is no name.</summary>
    public bool TryNote(string channel, ulong chain, out ChannelKey key)
    {
        if (_keys.TryGetValue((channel, chain), out key)) return true;
        if (!TryKey(channel, chain, out key)) return false;
        lock (_gate)
        {
            if (_noted >= most || _keys.ContainsKey((channel, chain))) return true;
            _noted++;
            if (!_channels.TryGetValue(chain, out SortedSet<string>? names)) _channels[chain] = names = new(StringComparer.Ordinal);
            names.Add(channel);
            _keys[(channel, chain)] = key;
            return true;
        }
    }

    /// <summary>The key of a channel that a peer names: not noted, so that peers fill nothing here.</summary>
    public bool TryKey(string channel, ulong chain, out ChannelKey key)
    {
        if (_keys.TryGetValue((channel, chain), out key)) return true;
        if (!ChannelName.TryParse(channel, out ChannelName? name)) return false;
        key = new ChannelKey(name.Hash, channel, chain);
        return true;
    }

    /// <summary>The channels known of a chain from a name on, in order.</summary>
    public ChannelKey[] Of(ulong chain, string from)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(chain, out SortedSet<string>? names)) return [];
            return [.. names.Where(name => string.CompareOrdinal(name, from) >= 0).Select(name => _keys[(name, chain)])];
        }
    }
}
