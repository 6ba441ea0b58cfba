using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;

namespace Dataforts.Benchmarks.Greedy;

/// <summary>A node's tags, kept in the three ways that are compared.</summary>
internal sealed class SharedTags
{
    private static readonly PublisherHints Hints = PublisherHints.Parse([KeyValuePair.Create("intent", "cpu-bound")]);
    private static readonly AdmissionRules Rules = new() { Intents = IntentMatching.Strict };
    private static readonly ChannelKey Key = new(1, "a", 1);

    private readonly Lock _gate = new();
    private readonly VerdictCache _verdicts = new();
    private readonly string[] _texts;
    private Dictionary<string, string> _tags;
    private NodeSnapshot _node;

    public SharedTags(string[] texts)
    {
        _texts = texts;
        _tags = texts.ToDictionary(text => text, text => text);
        _node = new NodeSnapshot(Rules, new TagFacts(texts));
    }

    /// <summary>The legacy shape: take the lock, copy every tag, let go, look at the copy.</summary>
    public bool CountUnderLock()
    {
        Dictionary<string, string> copy;
        lock (_gate)
        {
            copy = new Dictionary<string, string>(_tags.Count);
            foreach ((string key, string value) in _tags) copy.Add(new string(key), new string(value));
        }
        return copy.ContainsKey("hardware.cpu_cores");
    }

    public bool AskByReference()
    {
        NodeSnapshot node = Volatile.Read(ref _node);
        return AdmissionPolicy.Judge(node.Rules, node.Local, Publisher.Unknown, Hints, Key.Name, Key.Origin).Refusal == AdmissionRefusal.None;
    }

    public bool AskVerdict()
    {
        NodeSnapshot node = Volatile.Read(ref _node);
        return _verdicts.Get(node, Publisher.Unknown, null, in Key).Verdict.Refusal == AdmissionRefusal.None;
    }

    public void Replace()
    {
        lock (_gate) _tags = _texts.ToDictionary(text => text, text => text);
        Volatile.Write(ref _node, new NodeSnapshot(Rules, new TagFacts(_texts)));
    }
}
