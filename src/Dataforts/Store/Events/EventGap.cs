namespace Dataforts.Store.Events;

/// <summary>Why events that were asked for are not there.</summary>
internal enum EventGap
{
    /// <summary>They are there.</summary>
    None,

    /// <summary>Retention or a trim has dropped them.</summary>
    Dropped,

    /// <summary>They were there, and cannot be read: the store is damaged. Or they were told ahead as volatile, and their write failed.</summary>
    Damaged,
}
