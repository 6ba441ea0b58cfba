using System.Buffers;

namespace Dataforts.Content;

/// <summary>Lower-case hex of any bytes: the one form in which refs, nodes and hashes are written for people and scripts.</summary>
/// <remarks>Thread-safe; allocates only the string that <see cref="Format"/> returns.</remarks>
public static class Hex
{
    /// <summary>Two digits a byte, in a new string.</summary>
    public static string Format(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Writes two digits a byte to the start of <paramref name="destination"/>.</summary>
    /// <returns>Whether there was room; if not, what was written is undefined.</returns>
    public static bool TryFormat(ReadOnlySpan<byte> bytes, Span<char> destination) => Convert.TryToHexStringLower(bytes, destination, out _);

    /// <summary>Writes two ASCII digits a byte to the start of <paramref name="destination"/>.</summary>
    /// <returns>Whether there was room; if not, what was written is undefined.</returns>
    public static bool TryFormat(ReadOnlySpan<byte> bytes, Span<byte> destination) => Convert.TryToHexStringLower(bytes, destination, out _);

    /// <summary>Reads digits that fill <paramref name="destination"/> exactly.</summary>
    /// <returns>Whether <paramref name="hex"/> is twice as many lower-case hex digits; if not, the destination is undefined.</returns>
    public static bool TryParse(ReadOnlySpan<char> hex, Span<byte> destination) =>
        hex.Length == destination.Length * 2L
        && !hex.ContainsAnyInRange('A', 'F')
        && Convert.FromHexString(hex, destination, out _, out _) == OperationStatus.Done;

    /// <summary>Reads ASCII digits that fill <paramref name="destination"/> exactly.</summary>
    /// <returns>Whether <paramref name="hex"/> is twice as many lower-case hex digits; if not, the destination is undefined.</returns>
    public static bool TryParse(ReadOnlySpan<byte> hex, Span<byte> destination) =>
        hex.Length == destination.Length * 2L
        && !hex.ContainsAnyInRange((byte)'A', (byte)'F')
        && Convert.FromHexString(hex, destination, out _, out _) == OperationStatus.Done;
}
