namespace Dataforts.Capabilities;

/// <summary>How far a node lets data drift, from narrow to wide.</summary>
public enum ScopeWidth
{
    /// <summary>Not at all.</summary>
    Node,

    /// <summary>Among nodes that name the same zone.</summary>
    Zone,

    /// <summary>Among nodes that name the same region, or the same zone.</summary>
    Region,

    /// <summary>Everywhere.</summary>
    Mesh,
}
