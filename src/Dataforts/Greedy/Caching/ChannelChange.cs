namespace Dataforts.Greedy.Caching;

/// <summary>What an append changed that others must hear of.</summary>
internal enum ChannelChange
{
    None,

    /// <summary>Memory was taken or given back.</summary>
    Size,

    /// <summary>The channel holds its first event.</summary>
    First,
}
