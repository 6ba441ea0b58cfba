using System.Text;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>Which root: its kind and the bytes of its key, one to a character.</summary>
internal readonly record struct RootId(RecordKind Kind, bool IsGrace, string Key)
{
    public static RootId Of(RecordKind kind, bool isGrace, ReadOnlySpan<byte> key) => new(kind, isGrace, Encoding.Latin1.GetString(key));

    public byte[] KeyBytes() => Encoding.Latin1.GetBytes(Key);
}
