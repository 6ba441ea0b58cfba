namespace Dataforts.Blobs;

/// <summary>How to repair.</summary>
public sealed record RepairOptions
{
    /// <summary>The stripe to begin with, from 0: where an earlier run was ended. Nodes are looked at in any case.</summary>
    public long FirstStripe
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>Told of each stripe, in order, when it is done; healthy ones too.</summary>
    public IProgress<StripeOutcome>? Stripes { get; init; }
}
