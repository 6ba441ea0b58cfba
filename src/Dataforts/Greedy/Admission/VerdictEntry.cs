using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Greedy.Admission;

/// <summary>A verdict and what it was found for. It holds as long as the very same objects come with an event, so that asking is comparing
/// references.</summary>
internal sealed class VerdictEntry(NodeSnapshot node, Publisher publisher, object? hints, in ChannelKey key, AdmissionVerdict verdict, PullRefused pull)
{
    private readonly ChannelKey _key = key;

    public AdmissionVerdict Verdict { get; } = verdict;

    /// <summary>Whether blobs that the events speak of may be fetched ahead.</summary>
    public PullRefused Pull { get; } = pull;

    public bool IsFor(NodeSnapshot asked, Publisher by, object? with) =>
        ReferenceEquals(node, asked) && ReferenceEquals(publisher, by) && ReferenceEquals(hints, with);

    public bool IsOf(in ChannelKey asked) => _key.Equals(asked);
}
