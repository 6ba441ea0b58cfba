using CsCheck;
using Dataforts.Mesh;

namespace Dataforts.Tests.Mesh;

public sealed class NodeIdTests
{
    [Fact]
    public void Text_and_number_lead_to_each_other() => Gen.ULong.Sample(value =>
    {
        string text = new NodeId(value).ToString();
        Assert.Equal(16, text.Length);
        Assert.True(NodeId.TryParse(text, out NodeId id));
        Assert.Equal(value, id.Value);
    });

    [Theory]
    [InlineData("")]
    [InlineData("000000000000000")]
    [InlineData("00000000000000000")]
    [InlineData("000000000000000G")]
    [InlineData("000000000000000A")]
    [InlineData("0x00000000000001")]
    [InlineData(" 000000000000001")]
    public void Nothing_else_is_an_id(string text)
    {
        Assert.False(NodeId.TryParse(text, out NodeId id));
        Assert.Equal(default, id);
    }

    [Fact]
    public void Ids_are_in_the_order_of_their_text() => Gen.Select(Gen.ULong, Gen.ULong).Sample((a, b) =>
    {
        int byText = string.CompareOrdinal(new NodeId(a).ToString(), new NodeId(b).ToString());
        Assert.Equal(Math.Sign(byText), new NodeId(a).CompareTo(new NodeId(b)));
        Assert.Equal(byText < 0, new NodeId(a) < new NodeId(b));
    });
}
