using System.Globalization;
using Dataforts.Testing;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Promises;

/// <summary>A device that refuses: the n-th operation of each sort, once or from there on.</summary>
public sealed class DeviceFaultTests
{
    private const int Steps = 45;
    private const int Works = 5;

    public static TheoryData<string> Sorts => [.. AllSorts.Keys];

    private static Dictionary<string, Fault> AllSorts { get; } = new()
    {
        ["a write fails"] = new(DeviceDeed.Write, 0, Fault.Io),
        ["a write fails half-way"] = new(DeviceDeed.Write, 0, Fault.Io) { WritesHalf = true },
        ["no room for a write"] = new(DeviceDeed.Write, 0, Fault.NoSpace) { WritesHalf = true },
        ["no room for any write"] = new(DeviceDeed.Write, 0, Fault.NoSpace, IsLasting: true),
        ["the device becomes read-only"] = new(DeviceDeed.Write, 0, Fault.ReadOnly, IsLasting: true),
        ["a file cannot be made"] = new(DeviceDeed.Create, 0, Fault.NoSpace),
        ["no file can be made"] = new(DeviceDeed.Create, 0, Fault.ReadOnly, IsLasting: true),
        ["a file cannot be renamed"] = new(DeviceDeed.Move, 0, Fault.Io),
        ["a file cannot be removed"] = new(DeviceDeed.Delete, 0, Fault.Io),
        ["no file can be removed"] = new(DeviceDeed.Delete, 0, Fault.ReadOnly, IsLasting: true),
        ["a length cannot be set"] = new(DeviceDeed.SetLength, 0, Fault.Io),
        ["a file cannot be opened"] = new(DeviceDeed.Open, 0, Fault.Io),
        ["a read fails"] = new(DeviceDeed.Read, 0, Fault.Io),
        ["a flush fails"] = new(DeviceDeed.FlushData, 0, Fault.Io),
        ["no room when flushed"] = new(DeviceDeed.FlushData, 0, Fault.NoSpace),
        ["every flush fails"] = new(DeviceDeed.FlushData, 0, Fault.Io, IsLasting: true),
        ["a flush fails and forgets"] = new(DeviceDeed.FlushData, 0, Fault.Io) { LosesPages = true },
        ["a folder cannot be flushed"] = new(DeviceDeed.FlushFolder, 0, Fault.Io),
        ["no folder can be flushed"] = new(DeviceDeed.FlushFolder, 0, Fault.Io, IsLasting: true),
    };

    [Theory]
    [MemberData(nameof(Sorts))]
    public Task What_the_device_refuses_costs_nothing_that_was_acknowledged(string sort) => SweepAsync(sort, stride: 12);

    [Theory]
    [Slow]
    [MemberData(nameof(Sorts))]
    public Task Whichever_operation_the_device_refuses_it_costs_nothing_that_was_acknowledged(string sort) => SweepAsync(sort, stride: 1);

    // The first, and those behind it that chance chooses, until the work is done before one is met.
    private static async Task SweepAsync(string sort, int stride)
    {
        Random random = TestSeed.For(sort);
        int seed = random.Next(), met = 0, works = 1;
        for (int number = 0; ; number = number < 0 ? 0 : number + 1 + random.Next((2 * stride) - 1))
        {
            Fault fault = AllSorts[sort] with { Number = number };
            await using var workload = new DurableWorkload(seed, SampleStore.SmallSegment);
            string where = string.Create(CultureInfo.InvariantCulture, $"DATAFORTS_TEST_SEED={TestSeed.Value}, {sort}, {fault}, seed {seed}");
            try
            {
                await workload.OpenAsync();
                await workload.RunWithAsync(fault, Steps);
                if (workload.Fired == 0)
                {
                    // Not all work has such an operation at all.
                    if (met > 0 || works++ == Works) break;
                    seed = random.Next();
                    number = -1;
                    continue;
                }
                met++;
                await ExamineAsync(workload, fault);
            }
            catch (Exception error) when (error is DatafortsException or IOException or Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{where}: {string.Join('\n', workload.Refusals.Select(refusal => refusal.Message).Distinct().Take(5))}\n{error}");
            }
            await LosePowerAsync(workload, random, where);
        }
        Assert.True(met > 0, $"{sort}: no operation met it");
    }

    private static async Task ExamineAsync(DurableWorkload workload, Fault fault)
    {
        Assert.All(workload.Refusals, refusal => Assert.Contains(refusal.Kind, (ErrorKind[])[fault.Kind, ErrorKind.WriterFailed]));
        workload.Ledger.CheckAll(workload.Store);
        workload.Put(1000);
        await workload.FlushAsync();
        await workload.CloseAsync();
        await using Dataforts.Store.ChunkStore reader = await SampleStore.OpenAsync(workload.Path, writable: false);
        workload.Ledger.CheckAll(reader);
        Assert.True(reader.FindDamagedFiles(TestContext.Current.CancellationToken) is [], string.Join('\n', reader.DescribeDamage()));
    }

    private static async Task LosePowerAsync(DurableWorkload workload, Random random, string where)
    {
        DeviceOperation[] operations = workload.Recording.Operations;
        using var proof = new PowerLossProof(operations, workload.Ledger, workload.StoreName);
        for (int i = 0; i < 3; i++)
        {
            string? wrong = await proof.ExamineAsync(random.Next(operations.Length + 1), (Survival)i, random.Next());
            Assert.True(wrong is null, $"{where}, {wrong}");
        }
    }
}
