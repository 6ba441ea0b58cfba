using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh;

/// <summary>Virtual time whose calendar somebody sets forward or back, while the time that passes is what it was.</summary>
internal sealed class SetClock(VirtualTime time) : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Offset;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
