using Dataforts.Capabilities.Hints;

namespace Dataforts.Greedy.Admission;

/// <summary>What was decided for all events of a publisher on a channel, and what is left to be asked for each.</summary>
/// <param name="Refusal">The first gate that is shut; <see cref="AdmissionRefusal.None"/> when none is, as far as that can be said beforehand.</param>
/// <param name="Priority">The priority that local policy grants.</param>
/// <param name="Colocation">What holding the other chain counts for.</param>
/// <param name="ColocateWith">The other chain; 0, which nobody holds, when it is not known.</param>
internal readonly record struct AdmissionVerdict(AdmissionRefusal Refusal, int Priority, ColocationNeed Colocation, ulong ColocateWith)
{
    /// <summary>How much a soft wish that is met raises the priority, and one that is not met lowers it.</summary>
    public const int ColocationBoost = 64;

    /// <summary>The fullness of the machine at which the least urgent, and the most urgent, events are refused.</summary>
    private const double LeastUrgentFullness = 0.75;
    private const double MostUrgentFullness = 0.95;

    /// <summary>What an event may still fail at, in the order of the gates.</summary>
    /// <param name="held">Whether the other chain is held; not looked at where it does not matter.</param>
    /// <param name="fullness">The share of the machine's room that is taken.</param>
    /// <param name="priority">The priority of the event.</param>
    public AdmissionRefusal Decide(bool held, double fullness, out int priority)
    {
        priority = Priority;
        if (Refusal is AdmissionRefusal.Scope or AdmissionRefusal.Intent) return Refusal;
        if (Colocation == ColocationNeed.Must && !held) return AdmissionRefusal.Colocation;
        if (Refusal != AdmissionRefusal.None) return Refusal;
        if (Colocation == ColocationNeed.Prefer)
            priority = held ? Math.Min(priority + ColocationBoost, PublisherHints.HighestPriority) : Math.Max(priority - ColocationBoost, 0);
        return fullness < FullnessBound(priority) ? AdmissionRefusal.None : AdmissionRefusal.Capacity;
    }

    /// <summary>How full the machine may be for an event of a priority to be cached.</summary>
    public static double FullnessBound(int priority) =>
        LeastUrgentFullness + ((MostUrgentFullness - LeastUrgentFullness) * priority / PublisherHints.HighestPriority);

    /// <summary>How much of the byte budget events of a priority leave for others: none when it is normal or higher, up to half of it when it is
    /// lower.</summary>
    public static long ReserveBytes(int priority, long capacityBytes) =>
        priority >= PublisherHints.NormalPriority ? 0
        : (long)((Int128)capacityBytes * (PublisherHints.NormalPriority - priority) / (2 * PublisherHints.NormalPriority));
}
