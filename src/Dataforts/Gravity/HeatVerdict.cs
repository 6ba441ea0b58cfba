namespace Dataforts.Gravity;

/// <summary>What is to be done about a key's heat.</summary>
public enum HeatVerdict
{
    /// <summary>Nothing: what others know is near enough.</summary>
    Suppress,

    /// <summary>Tell the new value.</summary>
    Emit,

    /// <summary>Take back what was told.</summary>
    Withdraw,
}
