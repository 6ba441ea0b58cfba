namespace Dataforts.Store.Events;

/// <summary>Events to be appended whose payloads lie one behind the other: what many appends were gathered into is copied once more, and no more.</summary>
/// <param name="payloads">The payloads.</param>
/// <param name="words">For each event its length, and in the two highest bits what it is (<see cref="EventRecord"/>).</param>
/// <param name="areAlike">Whether all words are the same.</param>
internal readonly ref struct PackedEvents(ReadOnlySpan<byte> payloads, ReadOnlySpan<uint> words, bool areAlike)
{
    public ReadOnlySpan<byte> Payloads { get; } = payloads;

    public ReadOnlySpan<uint> Words { get; } = words;

    public bool AreAlike { get; } = areAlike;

    /// <summary>Whether there are refs among them.</summary>
    public bool HasRefs
    {
        get
        {
            if (Words.IsEmpty || (AreAlike && !IsRef(Words[0]))) return false;
            foreach (uint word in Words)
            {
                if (IsRef(word)) return true;
            }
            return false;
        }
    }

    /// <summary>The word of an event.</summary>
    public static uint WordOf(int length, bool isRef, bool isDirectory) =>
        (uint)length | (isRef ? EventRecord.RefBit : 0) | (isDirectory ? EventRecord.DirectoryBit : 0);

    public static bool IsRef(uint word) => (word & EventRecord.RefBit) != 0;

    public static bool IsDirectory(uint word) => (word & EventRecord.DirectoryBit) != 0;

    public static int LengthOf(uint word) => (int)(word & ~(EventRecord.RefBit | EventRecord.DirectoryBit));
}
