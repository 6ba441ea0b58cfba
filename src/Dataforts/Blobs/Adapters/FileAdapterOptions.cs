using Dataforts.Log;

namespace Dataforts.Blobs.Adapters;

/// <summary>How a folder of blobs is kept.</summary>
public sealed record FileAdapterOptions
{
    /// <summary>The folder; made when the first blob is stored. Only the account that runs the host should be able to write there.</summary>
    public required string Root { get; init; }

    /// <summary>What the adapter is registered under.</summary>
    /// <value><c>file</c>.</value>
    public string Id { get; init; } = "file";

    /// <summary>File operations at once, from 1; more wait their turn.</summary>
    /// <value><see cref="AdapterLimits.FileOperations"/>.</value>
    public int MaxOperations
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = AdapterLimits.FileOperations;

    /// <summary>The clock that says how old a file left aside is.</summary>
    /// <value><see cref="TimeProvider.System"/>.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who makes and flushes folders; tests put a recorder here.</summary>
    internal StorageDevice Device { get; init; } = StorageDevice.System;
}
