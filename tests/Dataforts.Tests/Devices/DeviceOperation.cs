namespace Dataforts.Tests.Devices;

/// <summary>One thing that a device was asked to do and has done, as a <see cref="Recording"/> keeps it.</summary>
/// <param name="Deed">What.</param>
/// <param name="Path">The file or folder, relative to the recording's root, with slashes; where a move went.</param>
internal sealed record DeviceOperation(DeviceDeed Deed, string Path)
{
    /// <summary>Which file it is, whatever it is called; 0 for folders.</summary>
    public int File { get; init; }

    /// <summary>Where the bytes went, or the length that was set.</summary>
    public long Offset { get; init; }

    /// <summary>What was written.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>The name a moved file had.</summary>
    public string From { get; init; } = "";

    /// <summary>Of a flush: how many operations had ended when it began. It covers those and no other.</summary>
    public int Since { get; init; }

    /// <summary>What the store was about, in the words of the test.</summary>
    public string Phase { get; init; } = "";

    public override string ToString() => $"{Deed} {Path}{(From == "" ? "" : $" (was {From})")} {Offset}+{Bytes.Length} [{Phase}]";
}
