using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Store.Indexing;

/// <summary>Asks the processor for memory ahead of its use.</summary>
internal static class CacheLine
{
    /// <summary>Fetches the line around a byte. Should the object move first, another line is fetched, and nothing else happens.</summary>
    public static unsafe void Prefetch(ref byte place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref place));
        else _ = Volatile.Read(ref place);
    }
}
