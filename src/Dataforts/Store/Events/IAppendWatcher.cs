namespace Dataforts.Store.Events;

/// <summary>Is told when a channel has been appended to.</summary>
internal interface IAppendWatcher
{
    /// <summary>There is something new. Must return at once, and may be called when there is not.</summary>
    void Appended();
}
