using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Json;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>Collects the stripes that a repair found damaged, up to a limit, and how far it has come.</summary>
internal sealed class UnhealthyStripes(long first) : IProgress<StripeOutcome>
{
    private const int MostListed = 1000;
    private readonly List<StripeOutcome> _listed = [];

    /// <summary>The stripe that comes behind the last that is done.</summary>
    public long Next { get; private set; } = first;

    public IReadOnlyList<StripeOutcome> Listed => _listed;

    public void Report(StripeOutcome value)
    {
        Next = value.Number + 1;
        if (!value.IsHealthy && _listed.Count < MostListed) _listed.Add(value);
    }

    /// <summary>Writes them as an array.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("stripes"u8);
        foreach (StripeOutcome stripe in _listed)
        {
            json.WriteStartObject();
            json.WriteNumber("stripe"u8, stripe.Number);
            json.WriteString("encoding"u8, stripe.Encoding.ToString());
            json.WriteString("outcome"u8, WordOf(stripe));
            json.WriteHashes("lost"u8, stripe.Lost);
            json.WriteNumber("chunksRestored"u8, stripe.RestoredData);
            json.WriteNumber("parityRestored"u8, stripe.RestoredParity);
            json.WriteNumber("copiesRestored"u8, stripe.RestoredCopies);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>What became of one, in a word that scripts may rely on.</summary>
    public static string WordOf(StripeOutcome stripe) => stripe.IsUnrecoverable ? "unrecoverable" : "repaired";
}
