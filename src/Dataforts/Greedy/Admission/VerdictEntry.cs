using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Greedy.Admission;

/// <summary>A verdict and what it was found for. It holds as long as the same comes with an event: the very same objects in the common case, so that asking
/// is comparing references, or others that say the same.</summary>
/// <remarks>Thread-safe: objects that say the same take each other's place one by one, and any mixture of them says the same.</remarks>
internal sealed class VerdictEntry(
    NodeSnapshot node, Publisher publisher, IReadOnlyDictionary<string, string>? hints, in ChannelKey key, AdmissionVerdict verdict, PullRefused pull)
{
    private readonly ChannelKey _key = key;
    private Publisher _publisher = publisher;
    private IReadOnlyDictionary<string, string>? _hints = hints;

    public AdmissionVerdict Verdict { get; } = verdict;

    /// <summary>Whether blobs that the events speak of may be fetched ahead.</summary>
    public PullRefused Pull { get; } = pull;

    public bool IsFor(NodeSnapshot asked, Publisher by, IReadOnlyDictionary<string, string>? with)
    {
        if (!ReferenceEquals(node, asked)) return false;
        return (ReferenceEquals(_publisher, by) && ReferenceEquals(_hints, with)) || SaysTheSame(by, with);
    }

    public bool IsOf(in ChannelKey asked) => _key.Equals(asked);

    // An announcement that is made anew, or hints that are decoded anew: compared once, then known by reference.
    private bool SaysTheSame(Publisher by, IReadOnlyDictionary<string, string>? with)
    {
        if (!_publisher.SaysTheSameAs(by, node.Rules.MaxRoundTrip) || !AreSame(_hints, with)) return false;
        Volatile.Write(ref _publisher, by);
        Volatile.Write(ref _hints, with);
        return true;
    }

    private static bool AreSame(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other)
    {
        if (ReferenceEquals(one, other)) return true;
        if (one is null || other is null || one.Count != other.Count) return false;
        // The usual kind is gone through without an allocation.
        if (one is Dictionary<string, string> plain)
        {
            foreach ((string key, string text) in plain)
            {
                if (!Has(other, key, text)) return false;
            }
            return true;
        }
        foreach ((string key, string text) in one)
        {
            if (!Has(other, key, text)) return false;
        }
        return true;
    }

    private static bool Has(IReadOnlyDictionary<string, string> hints, string key, string text) =>
        hints.TryGetValue(key, out string? found) && string.Equals(text, found, StringComparison.Ordinal);
}
