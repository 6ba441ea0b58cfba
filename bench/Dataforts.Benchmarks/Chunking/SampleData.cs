using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Dataforts.Benchmarks.Chunking;

/// <summary>Bytes of different kinds, the same for the same seed; machine code is that of the runtime this runs on.</summary>
internal static class SampleData
{
    public static readonly (string Name, Func<int, int, byte[]> Make)[] Kinds =
    [
        ("random", Random), ("text-like", Text), ("log lines", Log), ("four letters", (seed, length) => Letters(seed, length, "ACGT")),
        ("two letters", (seed, length) => Letters(seed, length, "01")), ("sparse", Sparse),
        ("two bytes 64 apart", (seed, length) => Letters(seed, length, "\u0000\u0040")),
        ("rows of 64 bytes", (seed, length) => Rows(seed, length, 64)), ("rows of 48 bytes", (seed, length) => Rows(seed, length, 48)),
        ("machine code", Code),
    ];

    /// <summary>A copy with an edit of 1 to 128 bytes about every <paramref name="distance"/> bytes: overwritten, inserted, deleted in turn.</summary>
    public static byte[] Edited(byte[] original, int seed, int distance)
    {
        var random = new Random(seed);
        var edited = new MemoryStream(original.Length);
        byte[] noise = new byte[128];
        int at = 0;
        for (int kind = 0; ; kind++)
        {
            int keep = random.Next(distance / 2, distance * 3 / 2);
            int length = random.Next(1, noise.Length + 1);
            if (original.Length - at < keep + length) break;
            edited.Write(original, at, keep);
            at += keep;
            random.NextBytes(noise);
            if (kind % 3 != 2) edited.Write(noise, 0, length);
            if (kind % 3 != 1) at += length;
        }
        edited.Write(original, at, original.Length - at);
        return edited.ToArray();
    }

    private static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // Words of a skewed vocabulary.
    private static byte[] Text(int seed, int length)
    {
        var random = new Random(seed);
        string[] words = [.. Enumerable.Range(0, 4096).Select(_ => Letters(random, random.Next(2, 11), "abcdefghijklmnopqrstuvwxyz"))];
        return Lines(length, () => words[random.Next(4096) * random.Next(4096) / 4096] + (random.Next(13) == 0 ? "\n" : " "));
    }

    private static byte[] Log(int seed, int length)
    {
        var random = new Random(seed);
        string[] places = ["/index", "/api/items", "/api/users", "/static/app.js", "/login"];
        DateTime time = DateTime.UnixEpoch;
        return Lines(length, () =>
        {
            time = time.AddMilliseconds(random.Next(40));
            string path = places[random.Next(places.Length)];
            return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss.fff} 10.0.{random.Next(4)}.{random.Next(256)} GET {path} 200\n");
        });
    }

    private static byte[] Lines(int length, Func<string> next)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            string line = next();
            int fits = Math.Min(line.Length, length - at);
            Encoding.ASCII.GetBytes(line.AsSpan(0, fits), bytes.AsSpan(at));
            at += fits;
        }
        return bytes;
    }

    private static byte[] Letters(int seed, int length, string letters) => Encoding.ASCII.GetBytes(Letters(new Random(seed), length, letters));

    private static string Letters(Random random, int length, string letters) => string.Create(length, (random, letters), static (text, from) =>
    {
        foreach (ref char letter in text) letter = from.letters[from.random.Next(from.letters.Length)];
    });

    // One byte in 64 is not zero.
    private static byte[] Sparse(int seed, int length)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int at = random.Next(128); at < length; at += 1 + random.Next(128)) bytes[at] = (byte)random.Next(1, 8);
        return bytes;
    }

    // As a table of numbers lies in memory: a counter, a small number, a float of few digits, zeros.
    private static byte[] Rows(int seed, int length, int size)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[length];
        for (int at = 0; at + size <= length; at += size)
        {
            Span<byte> row = bytes.AsSpan(at, size);
            BinaryPrimitives.WriteInt64LittleEndian(row, at / size);
            BinaryPrimitives.WriteInt32LittleEndian(row[8..], random.Next(100));
            BinaryPrimitives.WriteDoubleLittleEndian(row[16..], random.Next(10_000) / 100.0);
            BinaryPrimitives.WriteInt16LittleEndian(row[40..], (short)random.Next(5));
        }
        return bytes;
    }

    private static byte[] Code(int seed, int length)
    {
        byte[] bytes = new byte[length];
        int filled = 0;
        string[] files = [.. Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory()).Order(StringComparer.Ordinal)];
        new Random(seed).Shuffle(files);
        foreach (string file in files)
        {
            byte[] content = File.ReadAllBytes(file);
            int fits = Math.Min(content.Length, length - filled);
            content.AsSpan(0, fits).CopyTo(bytes.AsSpan(filled));
            filled += fits;
        }
        return bytes[..filled];
    }
}
