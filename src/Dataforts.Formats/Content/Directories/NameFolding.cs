using System.Buffers;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;

namespace Dataforts.Content.Directories;

/// <summary>Folds away what some file system does not tell apart in a name: case, canonical composition, characters that are not seen. Two
/// names that fold alike may be one and the same file somewhere.</summary>
/// <remarks>Thread-safe. A superset of what NTFS, APFS and HFS+ fold, so it refuses more than any of them. Sources: The Unicode Standard,
/// sections 3.11 (normalization forms) and 3.13 (default caseless matching), and its character database; the table is carried here because
/// .NET without its globalisation data neither composes nor decomposes.</remarks>
internal static class NameFolding
{
    private const int HangulFirst = 0xAC00, HangulCount = 11172, LeadFirst = 0x1100, VowelFirst = 0x1161, TailFirst = 0x11A7, VowelTails = 588, Tails = 28;

    /// <summary>Appends the folded form of a name's UTF-8 bytes; bytes that are no UTF-8 stay as they are.</summary>
    public static void Fold(ReadOnlySpan<byte> name, IBufferWriter<byte> destination)
    {
        if (Ascii.IsValid(name))
        {
            Span<byte> lower = destination.GetSpan(name.Length);
            for (int i = 0; i < name.Length; i++) lower[i] = Lower(name[i]);
            destination.Advance(name.Length);
            return;
        }
        var folded = new List<int>(name.Length * 2);
        while (!name.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(name, out Rune rune, out int used);
            // Negative: a byte that is no UTF-8, kept apart from all that is.
            if (status != OperationStatus.Done) folded.Add(-1 - name[0]);
            else FoldRune(rune.Value, folded);
            name = name[(status == OperationStatus.Done ? used : 1)..];
        }
        Reorder(folded);
        Span<byte> utf8 = destination.GetSpan(folded.Count * 4);
        int written = 0;
        foreach (int value in folded)
        {
            if (value < 0) utf8[written++] = (byte)(-1 - value);
            else written += new Rune(value).EncodeToUtf8(utf8[written..]);
        }
        destination.Advance(written);
    }

    private static void FoldRune(int value, List<int> folded)
    {
        if (value < 0x80)
        {
            folded.Add(Lower((byte)value));
        }
        else if (value - HangulFirst is >= 0 and < HangulCount and int syllable)
        {
            folded.Add(LeadFirst + (syllable / VowelTails));
            folded.Add(VowelFirst + (syllable % VowelTails / Tails));
            if (syllable % Tails != 0) folded.Add(TailFirst + (syllable % Tails));
        }
        else if (Tables.Loaded.Folds.TryGetValue(value, out int[]? fold))
        {
            folded.AddRange(fold);
        }
        else
        {
            folded.Add(value);
        }
    }

    // Canonical ordering: a stable sort of each run of combining marks by their class.
    private static void Reorder(List<int> values)
    {
        for (int i = 1; i < values.Count; i++)
        {
            int value = values[i], rank = ClassOf(value), at = i;
            if (rank == 0) continue;
            for (; at > 0 && ClassOf(values[at - 1]) > rank; at--) values[at] = values[at - 1];
            values[at] = value;
        }
    }

    private static int ClassOf(int value) => value >= 0x300 && Tables.Loaded.Classes.TryGetValue(value, out byte rank) ? rank : 0;

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static (FrozenDictionary<int, int[]>, FrozenDictionary<int, byte>) Load()
    {
        byte[] table = new byte[NameFoldingTable.LengthBytes];
        using (var squeezed = new DeflateStream(new MemoryStream(Convert.FromBase64String(NameFoldingTable.Text)), CompressionMode.Decompress))
            squeezed.ReadExactly(table);
        var reader = new PostcardReader(table, "name folding table");
        var folds = new Dictionary<int, int[]>();
        int code = 0;
        for (int left = (int)reader.Varint32(); left > 0; left--)
        {
            code += (int)reader.Varint32();
            int[] fold = new int[reader.Varint32()];
            for (int i = 0; i < fold.Length; i++)
            {
                int step = (int)reader.Varint32();
                fold[i] = code + ((step >> 1) ^ -(step & 1));
            }
            folds.Add(code, fold);
        }
        var classes = new Dictionary<int, byte>();
        code = 0;
        for (int left = (int)reader.Varint32(); left > 0; left--)
        {
            int first = code + (int)reader.Varint32();
            code = first + (int)reader.Varint32();
            byte rank = (byte)reader.Varint32();
            for (int marked = first; marked <= code; marked++) classes.Add(marked, rank);
        }
        return (folds.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }

    /// <summary>Apart, so that trees with ASCII names alone never load them.</summary>
    private static class Tables
    {
        public static readonly (FrozenDictionary<int, int[]> Folds, FrozenDictionary<int, byte> Classes) Loaded = Load();
    }
}
