using System.Runtime.InteropServices;

namespace Dataforts.Greedy;

/// <summary>Room in front of an object's own fields: what the runtime puts before the object shares no cache line with them.</summary>
/// <remarks>Objects that are made one after the other lie side by side, and stay so. Where one of them is written for every event and the other is read by
/// every thread, each reader waits for the writer's line.</remarks>
internal abstract class LinePad
{
    /// <summary>The bytes that processors fetch at a time.</summary>
    public const int LineBytes = 64;

    /// <summary>Nothing but the room.</summary>
    protected readonly Line Front;

    protected LinePad() => Front = default;

    [StructLayout(LayoutKind.Sequential, Size = LineBytes)]
    protected readonly struct Line;
}
