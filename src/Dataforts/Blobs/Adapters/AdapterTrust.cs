namespace Dataforts.Blobs.Adapters;

/// <summary>How far a host believes an adapter. It is the host's word, not the adapter's.</summary>
public enum AdapterTrust
{
    /// <summary>Everything it returns is hashed before anyone sees it.</summary>
    Foreign,

    /// <summary>It is our own code over a medium that only it reaches: where it says that it verifies, that is believed.</summary>
    Trusted,
}
