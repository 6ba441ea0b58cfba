namespace Dataforts.Channels;

/// <summary>How an append is done.</summary>
public readonly record struct AppendOptions
{
    private readonly Durability? _durability;

    /// <summary>What is reached when the append returns. <see cref="Durability.Volatile"/> returns before the event is written: what is lost of such with
    /// the process was seen by no reader.</summary>
    /// <value><see cref="Durability.Buffered"/>.</value>
    public Durability Durability
    {
        get => _durability ?? Durability.Buffered;
        init => _durability = value;
    }

    /// <summary>The number that the first event must get, or nothing is appended.</summary>
    /// <value>Null: any.</value>
    public ulong? ExpectedNext { get; init; }

    /// <summary>A durability, and nothing else.</summary>
    public static AppendOptions With(Durability durability) => new() { Durability = durability };
}
