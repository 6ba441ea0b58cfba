namespace Dataforts.Gravity;

public sealed partial class HeatRegistry<TKey>
{
    // When an advertised key must be looked at again, unless reads ask for it earlier, is known when it is told: it waits in a wheel of sixteenths of a
    // half-life. Nothing that is counted takes longer than the wheel is round to fall to where it is told again.
    private const int WheelSize = 1024;
    private const int StepsPerHalfLife = 16;
    private const int DueNow = WheelSize;
    private const double RoundingShare = 1e-9;

    // The first entry of each queue, -1 for none; the last queue is of those that are due.
    private readonly int[] _queues = new int[WheelSize + 1];
    private bool _isTelling;
    private long _wheelStep;

    private long StepTicks => Math.Max(1, Policy.HalfLife.Ticks / StepsPerHalfLife);

    private void TurnWheel()
    {
        long step = Math.Max(0, _latest.Ticks) / StepTicks;
        for (long turn = Math.Max(_wheelStep + 1, step - WheelSize + 1); turn <= step; turn++)
        {
            for (int index = _queues[turn % WheelSize]; index >= 0; index = _queues[turn % WheelSize]) Enqueue(index, DueNow);
        }
        _wheelStep = step;
    }

    /// <summary>Puts off an entry until its rate, if nobody reads it, is to be told again or taken back; for good when nothing of it is advertised.</summary>
    private void Wait(int index, double rate)
    {
        ref HeatEntry<TKey> entry = ref _entries[index];
        Dequeue(index);
        if (!_isTelling)
        {
            entry.RaiseAt = double.PositiveInfinity;
            return;
        }
        if (entry.Told.Level == 0)
        {
            entry.RaiseAt = 0;
            return;
        }
        // A rate that others see as the same text counts as told, lest it be looked at again at each read.
        if (HeatEmission.Decide(rate, entry.Told.Rate, Policy) == HeatVerdict.Emit) entry.Told = entry.Told with { Rate = rate };
        entry.RaiseAt = entry.Told.Rate * Policy.EmitRatio * (1 - RoundingShare);
        double halfLives = Math.Log2(rate / Math.Max(entry.Told.Rate / Policy.EmitRatio, _zeroRate));
        long due = (long)Math.Ceiling((_latest.Ticks / (double)StepTicks) + (Math.Max(0, halfLives) * StepsPerHalfLife));
        Enqueue(index, (int)(Math.Clamp(due, _wheelStep + 1, _wheelStep + WheelSize - 1) % WheelSize));
    }

    private void Enqueue(int index, int queue)
    {
        ref HeatEntry<TKey> entry = ref _entries[index];
        if (entry.Queue == queue) return;
        Dequeue(index);
        (entry.Queue, entry.PreviousInQueue, entry.NextInQueue) = (queue, -1, _queues[queue]);
        if (entry.NextInQueue >= 0) _entries[entry.NextInQueue].PreviousInQueue = index;
        _queues[queue] = index;
    }

    private void Dequeue(int index)
    {
        ref HeatEntry<TKey> entry = ref _entries[index];
        if (entry.Queue < 0) return;
        if (entry.NextInQueue >= 0) _entries[entry.NextInQueue].PreviousInQueue = entry.PreviousInQueue;
        if (entry.PreviousInQueue >= 0) _entries[entry.PreviousInQueue].NextInQueue = entry.NextInQueue;
        else _queues[entry.Queue] = entry.NextInQueue;
        entry.Queue = -1;
    }
}
