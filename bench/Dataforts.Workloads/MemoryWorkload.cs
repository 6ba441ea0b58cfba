using System.Diagnostics;
using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Workloads;

/// <summary>The most memory that putting and getting a long stream takes, each in a process of its own. The ratio is to the target:
/// 1 or less reaches it.</summary>
internal static class MemoryWorkload
{
    /// <summary>The first argument of the process that does one step.</summary>
    public const string ChildWord = "memory-step";

    private const double TargetMiB = 256;

    public static int Run(Report report, long length)
    {
        foreach ((string name, ChunkingProfile profile) in new[] { ("default", ChunkingProfile.Default), ("production", ChunkingProfile.Production) })
        {
            using var folder = new WorkFolder();
            foreach (string step in new[] { "put", "get" })
            {
                if (PeakMiB(step, profile, folder.Path, length) is not { } peak) return 1;
                report.Add($"memory {step} {name}, {length >> 20} MiB, peak", peak, "MiB", peak / TargetMiB);
            }
        }
        return 0;
    }

    /// <summary>One step, in the process whose memory counts; its last line is the peak in KiB.</summary>
    public static async Task<int> RunStepAsync(string step, string profile, string folder, string length)
    {
        string store = Path.Combine(folder, "store"), kept = Path.Combine(folder, "ref");
        var options = new StoreOptions { Path = store, Writable = step == "put", Profile = ChunkingProfile.Parse(profile) };
        await using (BlobStore blobs = await BlobStore.OpenAsync(options))
        {
            if (step == "put")
            {
                PutResult put = await blobs.PutAsync(new GeneratedStream(long.Parse(length, CultureInfo.InvariantCulture)));
                await File.WriteAllBytesAsync(kept, put.Ref.Encode());
            }
            else
            {
                await blobs.CopyToAsync(BlobRef.Decode(await File.ReadAllBytesAsync(kept)), Stream.Null);
            }
        }
        string peak = (await File.ReadAllLinesAsync("/proc/self/status")).Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Console.WriteLine(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
        return 0;
    }

    private static double? PeakMiB(string step, ChunkingProfile profile, string folder, long length)
    {
        // Started as "dotnet this.dll", the process is dotnet's.
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] program = isHosted ? [Path.Combine(AppContext.BaseDirectory, "Dataforts.Workloads.dll")] : [];
        foreach (string word in (string[])[.. program, ChildWord, step, profile.ToString(), folder, length.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(word);
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) / 1024 : null;
    }
}
