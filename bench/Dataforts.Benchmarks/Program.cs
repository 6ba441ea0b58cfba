using BenchmarkDotNet.Running;
using Dataforts.Benchmarks.Hashing;

switch (args)
{
    case ["ratios", "blake3", .. string[] rest]:
        return Blake3Ratios.Run(rest);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
