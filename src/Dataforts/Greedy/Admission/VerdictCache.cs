using System.Runtime.CompilerServices;
using Dataforts.Capabilities.Hints;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Greedy.Admission;

/// <summary>Verdicts on channels that are not cached, so that refusing costs a look-up. Those of cached channels are kept with the channel.</summary>
/// <remarks>Thread-safe, without locks: an entry is replaced whole. Bounded; a verdict that was pushed out is found again by judging.</remarks>
internal sealed class VerdictCache
{
    /// <summary>How many verdicts are kept.</summary>
    public const int Entries = 4096;

    private readonly VerdictEntry?[] _entries = new VerdictEntry?[Entries];
    private readonly ConditionalWeakTable<object, PublisherHints> _parsed = [];

    public VerdictEntry Get(NodeSnapshot node, Publisher publisher, IReadOnlyDictionary<string, string>? hints, in ChannelKey key)
    {
        // The two neighbours are one set: two channels that meet do not push each other out.
        int place = key.GetHashCode() & (Entries - 1);
        VerdictEntry? first = Volatile.Read(ref _entries[place]);
        if (first is not null && first.IsOf(in key) && first.IsFor(node, publisher, hints)) return first;
        VerdictEntry? second = Volatile.Read(ref _entries[place ^ 1]);
        if (second is not null && second.IsOf(in key) && second.IsFor(node, publisher, hints)) return second;
        VerdictEntry made = Judge(node, publisher, hints, in key);
        bool isOwn = first is null || first.IsOf(in key);
        Volatile.Write(ref _entries[isOwn ? place : place ^ 1], made);
        return made;
    }

    /// <summary>Judges without remembering here.</summary>
    public VerdictEntry Judge(NodeSnapshot node, Publisher publisher, IReadOnlyDictionary<string, string>? hints, in ChannelKey key)
    {
        PublisherHints wishes = hints is null
            ? PublisherHints.None
            : _parsed.GetValue(hints, static parsed => PublisherHints.Parse((IReadOnlyDictionary<string, string>)parsed));
        AdmissionVerdict verdict = AdmissionPolicy.Judge(node.Rules, node.Local, publisher, wishes, key.Name, key.Origin);
        return new VerdictEntry(node, publisher, hints, in key, verdict, PullVerdict.Judge(node.Local, publisher.Facts));
    }
}
