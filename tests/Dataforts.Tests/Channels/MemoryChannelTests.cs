using Dataforts.Channels;

namespace Dataforts.Tests.Channels;

public sealed class MemoryChannelTests : ChannelConformance
{
    private EventChannels? _channels;

    protected override Durability Strongest => Durability.Volatile;

    public override async ValueTask DisposeAsync()
    {
        if (_channels is not null) await _channels.DisposeAsync();
    }

    [Theory]
    [InlineData(Durability.Buffered)]
    [InlineData(Durability.Durable)]
    public async Task Memory_does_not_claim_to_keep_anything(Durability durability)
    {
        IEventChannel channel = await ChannelAsync();
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(async () =>
            await channel.AppendAsync(Payload(0), AppendOptions.With(durability), Token));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.Equal(0UL, (await channel.GetInfoAsync(Token)).Next);
    }

    [Fact]
    public async Task Names_with_one_hash_are_counted_and_kept_apart()
    {
        await using EventChannels channels = EventChannels.InMemory(Time, null, _ => 7);
        IEventChannel one = await channels.OpenAsync(ChannelName.Parse("one"), cancellationToken: Token);
        IEventChannel other = await channels.OpenAsync(ChannelName.Parse("other"), cancellationToken: Token);
        _ = await channels.OpenAsync(ChannelName.Parse("one"), cancellationToken: Token);
        Assert.Equal(1, channels.Collisions);
        Assert.Equal(0UL, await one.AppendAsync(new byte[] { 1 }, AppendOptions.With(Durability.Volatile), Token));
        Assert.Equal(0UL, await other.AppendAsync(new byte[] { 2 }, AppendOptions.With(Durability.Volatile), Token));
        Assert.Equal([1], (await one.ReadAsync(0, Token))!.Value.Payload.ToArray());
        Assert.Equal([2], (await other.ReadAsync(0, Token))!.Value.Payload.ToArray());
        var position = new ConsumerPosition(one, next: 1);
        Assert.Equal(WaitOutcome.Reached, await position.WaitForAsync(one.TokenOf(0), TimeSpan.Zero, Token));
        Assert.Equal(WaitOutcome.WrongChannel, await position.WaitForAsync(other.TokenOf(0), TimeSpan.Zero, Token));
    }

    protected override async ValueTask<EventChannels> OpenAsync(CreditOptions? credit = null)
    {
        if (_channels is not null) await _channels.DisposeAsync();
        return _channels = EventChannels.InMemory(Time, credit);
    }
}
