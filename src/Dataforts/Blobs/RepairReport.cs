namespace Dataforts.Blobs;

/// <summary>What a repair found and did; all zero for a Small and a Manifest, which have no parity.</summary>
public sealed record RepairReport
{
    /// <summary>Stripes looked at, those without parity too.</summary>
    public long StripesWalked { get; init; }

    /// <summary>Stripes of which every chunk, data and parity, and every copy was there and right.</summary>
    public long AlreadyHealthy { get; init; }

    /// <summary>Stripes of which something was put back, and nothing is missing now.</summary>
    public long Repaired { get; init; }

    /// <summary>Data chunks put back.</summary>
    public long ChunksRestored { get; init; }

    /// <summary>Parity chunks put back.</summary>
    public long ParityRestored { get; init; }

    /// <summary>Further copies put back, of nodes and of chunks.</summary>
    public long CopiesRestored { get; init; }

    /// <summary>Stripes of which something is lost for good.</summary>
    public long Unrecoverable { get; init; }

    /// <summary>Stripes without parity, and without copies that would make up for it.</summary>
    public long ReplicatedStripesSkipped { get; init; }

    /// <summary>Leaves of chunks without stripes.</summary>
    public long ReplicatedLeavesSkipped { get; init; }

    /// <summary>The two, as one.</summary>
    public RepairReport Plus(RepairReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new RepairReport
        {
            StripesWalked = StripesWalked + other.StripesWalked,
            AlreadyHealthy = AlreadyHealthy + other.AlreadyHealthy,
            Repaired = Repaired + other.Repaired,
            ChunksRestored = ChunksRestored + other.ChunksRestored,
            ParityRestored = ParityRestored + other.ParityRestored,
            CopiesRestored = CopiesRestored + other.CopiesRestored,
            Unrecoverable = Unrecoverable + other.Unrecoverable,
            ReplicatedStripesSkipped = ReplicatedStripesSkipped + other.ReplicatedStripesSkipped,
            ReplicatedLeavesSkipped = ReplicatedLeavesSkipped + other.ReplicatedLeavesSkipped,
        };
    }

    /// <summary>This, with a stripe of a tree that bears losses counted.</summary>
    internal RepairReport With(StripeOutcome stripe, bool isSkipped) => this with
    {
        StripesWalked = StripesWalked + 1,
        ReplicatedStripesSkipped = ReplicatedStripesSkipped + (isSkipped ? 1 : 0),
        AlreadyHealthy = AlreadyHealthy + (!isSkipped && stripe.IsHealthy ? 1 : 0),
        Unrecoverable = Unrecoverable + (stripe.IsUnrecoverable ? 1 : 0),
        Repaired = Repaired + (!stripe.IsHealthy && !stripe.IsUnrecoverable ? 1 : 0),
        ChunksRestored = ChunksRestored + stripe.RestoredData,
        ParityRestored = ParityRestored + stripe.RestoredParity,
        CopiesRestored = CopiesRestored + stripe.RestoredCopies,
    };
}
