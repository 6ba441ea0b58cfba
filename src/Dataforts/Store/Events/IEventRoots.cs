namespace Dataforts.Store.Events;

/// <summary>Is told of what events keep, while someone counts it.</summary>
internal interface IEventRoots
{
    /// <summary>An event keeps a blob from now on.</summary>
    void Add(in EventRoot root);

    /// <summary>It does not any more.</summary>
    void Drop(in EventRoot root);

    /// <summary>Events that kept something are gone, and it cannot be read what: all is to be counted anew.</summary>
    void Break();
}
