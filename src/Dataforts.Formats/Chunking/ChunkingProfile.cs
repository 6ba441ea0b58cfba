using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dataforts.Chunking;

/// <summary>How a stream is to be cut: after a fixed size, or by content with a minimum, an average and a maximum. An immutable value;
/// two are equal when they cut alike.</summary>
/// <remarks>Not part of any wire format: readers only see the sizes that came of it.</remarks>
public sealed record ChunkingProfile
{
    /// <summary>The most bytes a chunk may have, whatever the profile: 16 MiB, the limit of a tree leaf.</summary>
    public const int LargestChunkBytes = 16 << 20;

    private const string FixedName = "fixed";
    private const string CdcName = "cdc";
    private const string StridedName = "stride";

    private ChunkingProfile(int minBytes, int averageBytes, int maxBytes, bool isStrided = false) =>
        (MinChunkBytes, AverageChunkBytes, MaxChunkBytes, IsStrided) = (minBytes, averageBytes, maxBytes, isStrided);

    /// <summary>Fixed chunks of 4 MiB, the stride of manifests.</summary>
    public static ChunkingProfile Fixed4MiB { get; } = Fixed(4 << 20);

    /// <summary>Content-defined: 16 KiB, 64 KiB, 256 KiB.</summary>
    public static ChunkingProfile Default { get; } = Cdc(16 << 10, 64 << 10, 256 << 10);

    /// <summary>The sizes of <see cref="Default"/>, cut by <see cref="StrideChunker"/>.</summary>
    public static ChunkingProfile DefaultStrided { get; } = Strided(16 << 10, 64 << 10, 256 << 10);

    /// <summary>Content-defined: 1 MiB, 4 MiB, 16 MiB.</summary>
    public static ChunkingProfile Production { get; } = Cdc(1 << 20, 4 << 20, 16 << 20);

    /// <summary>Whether content decides the cuts; false for fixed sizes.</summary>
    public bool IsContentDefined => MinChunkBytes < MaxChunkBytes;

    /// <summary>Whether <see cref="StrideChunker"/> decides by content; else <see cref="FastCdcChunker"/> does, or no content.</summary>
    public bool IsStrided { get; }

    /// <summary>The fewest bytes of a chunk that is not the last; by FastCDC with an odd minimum, one less.</summary>
    public int MinChunkBytes { get; }

    /// <summary>The average aimed at, in bytes; content-defined chunks of random bytes are a little longer.</summary>
    public int AverageChunkBytes { get; }

    /// <summary>The most bytes of a chunk.</summary>
    public int MaxChunkBytes { get; }

    /// <summary>Fixed chunks.</summary>
    /// <param name="sizeBytes">From 1 to <see cref="LargestChunkBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sizeBytes"/> is outside that range.</exception>
    public static ChunkingProfile Fixed(int sizeBytes)
    {
        RequireFixed(sizeBytes);
        return new ChunkingProfile(sizeBytes, sizeBytes, sizeBytes);
    }

    /// <summary>Content-defined chunks; each size is more than the one before.</summary>
    /// <param name="minBytes">64 to 1,048,576.</param>
    /// <param name="averageBytes">256 to 4,194,304.</param>
    /// <param name="maxBytes">1,024 to <see cref="LargestChunkBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range, or the three do not rise strictly.</exception>
    public static ChunkingProfile Cdc(int minBytes, int averageBytes, int maxBytes)
    {
        RequireCdc(minBytes, averageBytes, maxBytes);
        return new ChunkingProfile(minBytes, averageBytes, maxBytes);
    }

    /// <summary>Content-defined chunks by <see cref="StrideChunker"/>; each size is more than the one before.</summary>
    /// <param name="minBytes">1,024 to 1,048,576.</param>
    /// <param name="averageBytes">16,384 to 4,194,304.</param>
    /// <param name="maxBytes">32,768 to <see cref="LargestChunkBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range, or the three do not rise strictly.</exception>
    public static ChunkingProfile Strided(int minBytes, int averageBytes, int maxBytes)
    {
        RequireStrided(minBytes, averageBytes, maxBytes);
        return new ChunkingProfile(minBytes, averageBytes, maxBytes, isStrided: true);
    }

    /// <summary>Reads <c>fixed</c> (4 MiB), <c>fixed:SIZE</c>, <c>cdc</c> (<see cref="Default"/>), <c>cdc:MIN,AVG,MAX</c>, <c>stride</c>
    /// (<see cref="DefaultStrided"/>) or <c>stride:MIN,AVG,MAX</c>; sizes are bytes in decimal digits.</summary>
    /// <exception cref="FormatException">The text is none of these, or breaks a limit, which the message names.</exception>
    public static ChunkingProfile Parse(ReadOnlySpan<char> text) =>
        Read(text, out string? fault) ?? throw new FormatException(fault);

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ChunkingProfile? profile)
    {
        profile = Read(text, out _);
        return profile is not null;
    }

    /// <summary>A new chunker, for one stream, that cuts like this.</summary>
    public Chunker CreateChunker() => IsContentDefined
        ? IsStrided
            ? new StrideChunker(MinChunkBytes, AverageChunkBytes, MaxChunkBytes)
            : new FastCdcChunker(MinChunkBytes, AverageChunkBytes, MaxChunkBytes)
        : new FixedChunker(MaxChunkBytes);

    /// <summary>The form <see cref="Parse"/> reads, sizes spelled out: <c>fixed:SIZE</c>, <c>cdc:MIN,AVG,MAX</c> or
    /// <c>stride:MIN,AVG,MAX</c>.</summary>
    public override string ToString() => IsContentDefined
        ? string.Create(CultureInfo.InvariantCulture, $"{(IsStrided ? StridedName : CdcName)}:{MinChunkBytes},{AverageChunkBytes},{MaxChunkBytes}")
        : string.Create(CultureInfo.InvariantCulture, $"{FixedName}:{MaxChunkBytes}");

    /// <summary>Throws unless the size is a legal fixed one.</summary>
    internal static void RequireFixed(int sizeBytes)
    {
        if (FixedFault(sizeBytes) is { } fault) throw new ArgumentOutOfRangeException(nameof(sizeBytes), sizeBytes, fault);
    }

    /// <summary>Throws unless the three are a legal content-defined triple.</summary>
    internal static void RequireCdc(int minBytes, int averageBytes, int maxBytes)
    {
        if (SizesFault(minBytes, averageBytes, maxBytes, isStrided: false) is not var (name, value, fault)) return;
        throw new ArgumentOutOfRangeException(name, value, fault);
    }

    /// <summary>Throws unless the three are a legal triple of <see cref="StrideChunker"/>.</summary>
    internal static void RequireStrided(int minBytes, int averageBytes, int maxBytes)
    {
        if (SizesFault(minBytes, averageBytes, maxBytes, isStrided: true) is not var (name, value, fault)) return;
        throw new ArgumentOutOfRangeException(name, value, fault);
    }

    private static string? FixedFault(int size) => RangeFault("size", size, 1, LargestChunkBytes);

    private static (string Name, int Value, string Fault)? SizesFault(int minBytes, int averageBytes, int maxBytes, bool isStrided)
    {
        (int leastMin, int leastAverage, int leastMax) = isStrided ? (1024, 16 << 10, 32 << 10) : (64, 256, 1024);
        if (RangeFault("minimum", minBytes, leastMin, 1 << 20) is { } low) return (nameof(minBytes), minBytes, low);
        if (RangeFault("average", averageBytes, leastAverage, 4 << 20) is { } middle) return (nameof(averageBytes), averageBytes, middle);
        if (RangeFault("maximum", maxBytes, leastMax, LargestChunkBytes) is { } high) return (nameof(maxBytes), maxBytes, high);
        if (minBytes >= averageBytes)
            return (nameof(averageBytes), averageBytes, $"The average chunk size must be more than the minimum of {minBytes} bytes.");
        if (averageBytes >= maxBytes)
            return (nameof(maxBytes), maxBytes, $"The maximum chunk size must be more than the average of {averageBytes} bytes.");
        return null;
    }

    private static string? RangeFault(string what, int value, int least, int most) =>
        value >= least && value <= most ? null : $"The {what} of a chunk must be from {least} to {most} bytes.";

    private static ChunkingProfile? Read(ReadOnlySpan<char> text, out string? fault)
    {
        fault = null;
        int colon = text.IndexOf(':');
        ReadOnlySpan<char> name = colon < 0 ? text : text[..colon];
        ReadOnlySpan<char> sizes = text[(colon + 1)..];
        if (name.SequenceEqual(FixedName)) return colon < 0 ? Fixed4MiB : ReadFixed(sizes, out fault);
        if (name.SequenceEqual(CdcName)) return colon < 0 ? Default : ReadSizes(sizes, isStrided: false, out fault);
        if (name.SequenceEqual(StridedName)) return colon < 0 ? DefaultStrided : ReadSizes(sizes, isStrided: true, out fault);
        fault = "A chunking profile is fixed, fixed:SIZE, cdc, cdc:MIN,AVG,MAX, stride or stride:MIN,AVG,MAX.";
        return null;
    }

    private static ChunkingProfile? ReadFixed(ReadOnlySpan<char> text, out string? fault)
    {
        fault = "After fixed: stands one size in bytes, in decimal digits.";
        if (!ReadSize(text, out int size)) return null;
        fault = FixedFault(size);
        return fault is null ? Fixed(size) : null;
    }

    private static ChunkingProfile? ReadSizes(ReadOnlySpan<char> text, bool isStrided, out string? fault)
    {
        fault = $"After {(isStrided ? StridedName : CdcName)}: stand minimum, average and maximum in bytes, in decimal digits, with commas between.";
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, ',') != 3
            || !ReadSize(text[parts[0]], out int min)
            || !ReadSize(text[parts[1]], out int average)
            || !ReadSize(text[parts[2]], out int max)) return null;
        fault = SizesFault(min, average, max, isStrided)?.Fault;
        return fault is null ? new ChunkingProfile(min, average, max, isStrided) : null;
    }

    // More digits than an int holds are a size as well, only far past any limit.
    private static bool ReadSize(ReadOnlySpan<char> digits, out int size)
    {
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size)) return true;
        size = int.MaxValue;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
