using System.Diagnostics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Dataforts.Hashing;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>The path that is really taken, here and in processes whose runtime has instruction sets switched off.</summary>
public sealed class Blake3DispatchTests
{
    /// <summary>Set for a child process: the path it must choose.</summary>
    private const string ExpectedVariable = "DATAFORTS_TEST_BLAKE3_PATH";

    [Fact]
    public void The_widest_path_of_the_processor_is_chosen()
    {
        string expected = Environment.GetEnvironmentVariable(ExpectedVariable)
            ?? (Avx512F.VL.IsSupported ? nameof(Blake3Path.Avx512)
                : Avx2.IsSupported ? nameof(Blake3Path.Avx2)
                : Sse41.IsSupported || AdvSimd.Arm64.IsSupported ? nameof(Blake3Path.Vector128)
                : nameof(Blake3Path.Scalar));
        Assert.Equal(expected, Blake3Kernels.Best.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task With_instructions_switched_off_the_next_path_is_chosen_and_hashes_alike(string off)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Dataforts.Formats.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-noColor");
        foreach (string tests in new[]
        {
            $"*{nameof(The_widest_path_of_the_processor_is_chosen)}",
            $"*{nameof(Blake3VectorTests)}.*",
            $"*{nameof(Blake3PathTests.A_path_gives_the_plain_recursion_s_hash_around_every_boundary)}",
        })
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add(tests);
        }
        if (off.Length > 0) start.Environment[off] = "0";
        start.Environment[ExpectedVariable] = Expected(off).ToString();

        using Process child = Process.Start(start)!;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string[] output = await Task.WhenAll(child.StandardOutput.ReadToEndAsync(cancel), child.StandardError.ReadToEndAsync(cancel));
        await child.WaitForExitAsync(cancel);
        Assert.True(child.ExitCode == 0, string.Concat(output));
        Assert.Contains("Failed: 0, Skipped: 0", output[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Total: 0", output[0], StringComparison.Ordinal);
    }

    private static Blake3Path Expected(string off)
    {
        // The switches are x86's; on Arm64 only the last one takes NEON away.
        Blake3Path limit = (off, AdvSimd.IsSupported) switch
        {
            ("DOTNET_EnableHWIntrinsic", _) => Blake3Path.Scalar,
            ("DOTNET_EnableAVX2", false) => Blake3Path.Vector128,
            ("DOTNET_EnableAVX512", false) => Blake3Path.Avx2,
            _ => Blake3Path.Avx512,
        };
        return (Blake3Path)Math.Min((int)limit, (int)Blake3Kernels.Best);
    }
}
