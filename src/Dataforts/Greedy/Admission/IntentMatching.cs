namespace Dataforts.Greedy.Admission;

/// <summary>How a publisher's intents are held against what the node has. One that declares none, or only unknown ones, is admitted either way.</summary>
public enum IntentMatching
{
    /// <summary>The node serves at least one of the known intents that are declared.</summary>
    AnyOf,

    /// <summary>The node serves every known intent that is declared.</summary>
    Strict,

    /// <summary>Intents are not looked at.</summary>
    Disabled,
}
