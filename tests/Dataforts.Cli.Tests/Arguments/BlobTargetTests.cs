using Dataforts.Cli.Arguments;
using Dataforts.Cli.Errors;
using Dataforts.Cli.Tests.Inspect;
using Dataforts.Content;

namespace Dataforts.Cli.Tests.Arguments;

public sealed class BlobTargetTests
{
    private static readonly BlobRef Small = BlobRef.Decode(Convert.FromHexString(RefVectors.Small));

    [Fact]
    public void A_ref_is_known_by_its_beginning_and_everything_else_is_a_name()
    {
        Assert.Equal(Small, BlobTarget.Parse(RefVectors.Small).Ref);
        Assert.Equal(Small, BlobTarget.Parse(Small.ToText()).Ref);
        var manifest = (ManifestRef)BlobRef.Decode(Convert.FromHexString(RefVectors.Manifest));
        Assert.Equal(ManifestAddress.Of(manifest), BlobTarget.Parse(manifest.ToText()).Manifest);
        Assert.Equal(manifest, BlobTarget.Parse(RefVectors.Manifest).Ref);
        foreach (string name in (string[])["a/b", "df2-x", "B0B1B2B3", "größe"]) Assert.Equal(name, BlobTarget.Parse(name).Name);
    }

    [Theory]
    [InlineData("-", 2, "InvalidArgument")]
    [InlineData("", 2, "InvalidArgument")]
    [InlineData("a\tb", 2, "InvalidArgument")]
    [InlineData("df1-zzz", 2, "Decode")]
    [InlineData("b0b1b2b3", 2, "Decode")]
    [InlineData("b0b1b2b3f", 2, "InvalidArgument")]
    [InlineData("b0b1b2b3FF", 2, "InvalidArgument")]
    [InlineData("b0b1b2b3fe", 2, "UnsupportedVersion")]
    public void What_is_neither_is_a_usage_error(string text, int exitCode, string kind)
    {
        Failure failure = Failure.Of(Assert.ThrowsAny<Exception>(() => BlobTarget.Parse(text)));
        Assert.Equal((exitCode, kind), (failure.ExitCode, failure.Kind));
    }

    [Fact]
    public void Where_only_a_ref_will_do_a_name_is_refused()
    {
        Assert.Equal(Small, BlobTarget.ParseRef(Small.ToText()).Ref);
        Assert.Equal(2, Assert.Throws<CliException>(() => BlobTarget.ParseRef("a-name")).ExitCode);
    }
}
