using System.Runtime.InteropServices;

namespace Dataforts.Greedy;

/// <summary>A count that several threads raise without sharing a cache line: each processor has its own part, and reading adds them up.</summary>
/// <remarks>Thread-safe. A sum read while others count may miss the latest of them.</remarks>
internal sealed class StripedCounter
{
    private readonly Stripe[] _stripes;
    private readonly int _mask;

    public StripedCounter()
    {
        int count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 64));
        (_stripes, _mask) = (new Stripe[count], count - 1);
    }

    /// <summary>What was counted so far.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            foreach (ref Stripe stripe in _stripes.AsSpan()) sum += Volatile.Read(ref stripe.Count);
            return sum;
        }
    }

    public void Add(long count) => Interlocked.Add(ref _stripes[Thread.GetCurrentProcessorId() & _mask].Count, count);

    // Two cache lines each: processors fetch them in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(64)]
        public long Count;
    }
}
