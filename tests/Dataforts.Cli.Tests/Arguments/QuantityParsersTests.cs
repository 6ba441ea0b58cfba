using Dataforts.Cli.Arguments;

namespace Dataforts.Cli.Tests.Arguments;

public sealed class QuantityParsersTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("4KiB", 4096)]
    [InlineData("3MiB", 3 << 20)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("1TiB", 1L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Byte_counts_are_read(string text, long expected) => Assert.Equal(expected, QuantityParsers.ByteCount(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.5MiB")]
    [InlineData("1MB")]
    [InlineData("MiB")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    public void Other_byte_counts_are_refused(string text) => Assert.Throws<FormatException>(() => QuantityParsers.ByteCount(text));

    [Theory]
    [InlineData("45s", 45)]
    [InlineData("90m", 5400)]
    [InlineData("12h", 43_200)]
    [InlineData("30d", 2_592_000)]
    [InlineData("2w", 1_209_600)]
    [InlineData("36500d", 3_153_600_000)]
    public void Durations_are_read(string text, long seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), QuantityParsers.Duration(text));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("30")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1.5h")]
    [InlineData("30 d")]
    [InlineData("30D")]
    [InlineData("36501d")]
    [InlineData("4294967295w")]
    [InlineData("99999999999d")]
    public void Other_durations_are_refused(string text) => Assert.Throws<FormatException>(() => QuantityParsers.Duration(text));

    [Fact]
    public void Waits_may_be_fractions_of_seconds()
    {
        Assert.Equal(TimeSpan.Zero, QuantityParsers.WaitSeconds("0"));
        Assert.Equal(TimeSpan.FromMilliseconds(250), QuantityParsers.WaitSeconds("0.25"));
        foreach (string text in (string[])["-1", "", "1s", "1e3", "86401", "NaN"])
            Assert.Throws<FormatException>(() => QuantityParsers.WaitSeconds(text));
    }
}
