using Dataforts.Blobs.Adapters;

namespace Dataforts.Channels;

/// <summary>How a payload is published.</summary>
public sealed record PublishOptions
{
    /// <summary>What the event reaches before the call returns, and what a blob that it stands for has reached before the event is written. A blob is at
    /// least <see cref="Durability.Buffered"/>, and as durable as <see cref="Payload"/> says if that is more.</summary>
    /// <value><see cref="Durability.Buffered"/>.</value>
    public Durability Durability { get; init; } = Durability.Buffered;

    /// <summary>Where inline ends, and how the rest is stored.</summary>
    public PayloadOptions Payload { get; init; } = new();

    /// <summary>As <see cref="AppendOptions.ExpectedNext"/>.</summary>
    public ulong? ExpectedNext { get; init; }

    internal AppendOptions Append => new() { Durability = Durability, ExpectedNext = ExpectedNext };

    internal PayloadOptions Stored =>
        Durability == Durability.Durable && Payload.Put.Durability != Durability.Durable
            ? Payload with { Put = Payload.Put with { Durability = Durability.Durable } }
            : Payload;
}
