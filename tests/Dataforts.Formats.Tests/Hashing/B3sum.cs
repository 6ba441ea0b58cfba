using System.ComponentModel;
using System.Diagnostics;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>The official command-line program, as Debian's package <c>b3sum</c> installs it.</summary>
internal static class B3sum
{
    /// <summary>Why a test that needs it does not run.</summary>
    public const string Reason = "b3sum is not installed; ./test installs it where there is apt, elsewhere use `cargo install b3sum`.";

    private static readonly Lazy<bool> Installed = new(() =>
    {
        try
        {
            using Process process = Start(["--version"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no such program: what is asked.
            return false;
        }
    });

    public static bool IsInstalled => Installed.Value;

    /// <summary>Hashes what <paramref name="write"/> writes to its standard input; the hash in hex.</summary>
    public static string Hash(IEnumerable<string> arguments, Action<Stream> write)
    {
        using Process process = Start(["--no-names", .. arguments]);
        // It answers, in one line, when its input ends.
        using (Stream input = process.StandardInput.BaseStream) write(input);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo("b3sum", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
