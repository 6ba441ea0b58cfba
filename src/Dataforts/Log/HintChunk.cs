using System.Runtime.InteropServices;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>A chunk of a segment, as its hint file lists it.</summary>
/// <param name="Hash">The chunk's address.</param>
/// <param name="Offset">The payload's first byte in the segment file.</param>
/// <param name="Length">The payload's bytes.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct HintChunk(BlobHash Hash, uint Offset, int Length) : IComparable<HintChunk>
{
    /// <summary>By hash, then from the front of the segment to its end.</summary>
    public int CompareTo(HintChunk other)
    {
        int order = Hash.CompareTo(other.Hash);
        return order != 0 ? order : Offset.CompareTo(other.Offset);
    }
}
