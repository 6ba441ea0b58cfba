namespace Dataforts.Gravity;

/// <summary>How far data may go from where it is offered. The place decides, not the word: two nodes are in one zone when both name the same.</summary>
public enum HeatScope
{
    /// <summary>Nowhere.</summary>
    Node,

    /// <summary>To nodes of the same zone.</summary>
    Zone,

    /// <summary>To nodes of the same region.</summary>
    Region,

    /// <summary>Anywhere.</summary>
    Mesh,
}
