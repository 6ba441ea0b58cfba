namespace Dataforts.Blobs.Adapters;

/// <summary>An adapter as a host has registered it.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Trust">How far it is believed.</param>
public sealed record RegisteredAdapter(IBlobAdapter Adapter, AdapterTrust Trust)
{
    /// <summary>Whether what it returns need not be hashed again.</summary>
    public bool IsVerified => Trust == AdapterTrust.Trusted && Adapter.Capabilities.HasFlag(AdapterCapabilities.SelfVerifying);

    internal bool Takes(string scheme) => Adapter.Schemes.Count == 0 || Adapter.Schemes.Contains(scheme, StringComparer.Ordinal);
}
