using Dataforts.Gravity;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Placement;

namespace Dataforts.Tests.Placement;

public sealed class ChainClaimsTests : IAsyncDisposable
{
    private readonly EmbeddedNetwork _network = new(new EmbeddedNetworkOptions { Time = new VirtualTime() });
    private readonly EmbeddedMesh _mesh;
    private readonly ChainClaims _claims;

    public ChainClaimsTests()
    {
        _mesh = _network.Join(new NodeId(1));
        _claims = new ChainClaims(_mesh, mostClaims: 3, mostHeats: 2);
    }

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    [Fact]
    public void A_chain_is_claimed_while_there_is_any_reason_to()
    {
        _claims.Claim([5], [], ClaimReason.Greedy);
        _claims.Claim([5], [], ClaimReason.Copy);
        _claims.Claim([], [5], ClaimReason.Greedy);
        Assert.Equal(["causal:0000000000000005"], _mesh.Offer.Tags);
        _claims.Claim([], [5], ClaimReason.Copy);
        Assert.Empty(_mesh.Offer.Tags);
    }

    [Fact]
    public void Claims_too_many_wait_and_are_told_when_there_is_room()
    {
        _claims.Claim([1, 2, 3, 4, 5], [], ClaimReason.Greedy);
        Assert.Equal((3, 2), (_mesh.Offer.Tags.Count, _claims.Untold));
        _claims.Claim([], [2, 5], ClaimReason.Greedy);
        Assert.Equal(["causal:0000000000000001", "causal:0000000000000003", "causal:0000000000000004"], _mesh.Offer.Tags);
        Assert.Equal(0, _claims.Untold);
    }

    [Fact]
    public void What_the_mesh_does_not_take_is_not_noted()
    {
        _mesh.Edit(offer => offer.With(Enumerable.Range(0, MeshLimits.MaxTags).Select(i => $"filler-{i}")));
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => _claims.Claim([7], [], ClaimReason.Copy)).Kind);
        Assert.Equal(ClaimReason.None, _claims.ReasonOf(7));
        Assert.Throws<DatafortsException>(() => _claims.Tell([Heat(7, 10)]));
        _mesh.Edit(offer => Offer.Empty);
        _claims.Tell([new HeatChange<ulong>(7, HeatVerdict.Withdraw, 0, 0)]);
        Assert.Empty(_mesh.Offer.Tags);
        _claims.Claim([7], [], ClaimReason.Copy);
        Assert.Equal(["causal:0000000000000007"], _mesh.Offer.Tags);
    }

    [Fact]
    public void Heat_is_a_want_until_the_chain_is_claimed_and_again_when_it_is_not()
    {
        _claims.Tell([Heat(7, 10)]);
        Assert.Equal(["heat:want:0000000000000007=0.10"], _mesh.Offer.Tags);
        _claims.Claim([7], [], ClaimReason.Copy);
        Assert.Equal(["causal:0000000000000007", "heat:0000000000000007=0.10"], _mesh.Offer.Tags);
        _claims.Tell([Heat(7, 20)]);
        Assert.Equal(["causal:0000000000000007", "heat:0000000000000007=0.20"], _mesh.Offer.Tags);
        _claims.Claim([], [7], ClaimReason.Copy);
        Assert.Equal(["heat:want:0000000000000007=0.20"], _mesh.Offer.Tags);
    }

    [Fact]
    public void Heats_too_many_are_counted_and_not_told()
    {
        _claims.Tell([Heat(1, 10), Heat(2, 10), Heat(3, 10)]);
        Assert.Equal((2, 1L), (_mesh.Offer.Tags.Count, _claims.UntoldHeats));
        _claims.Tell([new HeatChange<ulong>(1, HeatVerdict.Withdraw, 0, 0), new HeatChange<ulong>(3, HeatVerdict.Withdraw, 0, 0), Heat(4, 5)]);
        Assert.Equal(["heat:want:0000000000000002=0.10", "heat:want:0000000000000004=0.05"], _mesh.Offer.Tags);
        _claims.Close();
        Assert.Empty(_mesh.Offer.Tags);
    }

    private static HeatChange<ulong> Heat(ulong chain, int level) => new(chain, HeatVerdict.Emit, level, level);
}
