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

    protected override async ValueTask<EventChannels> OpenAsync(CreditOptions? credit = null)
    {
        if (_channels is not null) await _channels.DisposeAsync();
        return _channels = EventChannels.InMemory(Time, credit);
    }
}
