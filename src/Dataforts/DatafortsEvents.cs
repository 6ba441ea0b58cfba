using System.Diagnostics.Tracing;
using Dataforts.Content;

namespace Dataforts;

/// <summary>What an operator should know of, as events of the source <see cref="SourceName"/>; docs/OPERATIONS.md lists them.</summary>
/// <remarks>Listen with <c>dotnet-trace</c>, an <see cref="EventListener"/>, or a bridge to a logger. Thread-safe; costs nothing unheard.</remarks>
[EventSource(Name = SourceName)]
public sealed class DatafortsEvents : EventSource
{
    /// <summary>The source to listen to.</summary>
    public const string SourceName = "Dataforts";

    internal static readonly DatafortsEvents Log = new();

    private DatafortsEvents()
    {
    }

    [NonEvent]
    internal void ReadFromCopy(in BlobHash hash)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.None)) ReadFromCopy(hash.ToString());
    }

    [NonEvent]
    internal void Rebuilt(in BlobHash hash, int dataShards, int parityShards)
    {
        if (IsEnabled(EventLevel.Warning, EventKeywords.None)) Rebuilt(hash.ToString(), dataShards, parityShards);
    }

    [NonEvent]
    internal void Unrecoverable(in BlobHash hash, int shardsLeft, int dataShards)
    {
        if (IsEnabled(EventLevel.Error, EventKeywords.None)) Unrecoverable(hash.ToString(), shardsLeft, dataShards);
    }

    [Event(1, Level = EventLevel.Warning, Message = "chunk {0} was missing or wrong and was read from another copy")]
    private void ReadFromCopy(string chunk) => WriteEvent(1, chunk);

    [Event(2, Level = EventLevel.Warning, Message = "chunk {0} was missing or wrong and was rebuilt from its stripe of {1} + {2}")]
    private void Rebuilt(string chunk, int dataShards, int parityShards) => WriteEvent(2, chunk, dataShards, parityShards);

    [Event(3, Level = EventLevel.Error, Message = "chunk {0} is lost: {1} shards of its stripe are left, {2} are needed")]
    private void Unrecoverable(string chunk, int shardsLeft, int dataShards) => WriteEvent(3, chunk, shardsLeft, dataShards);
}
