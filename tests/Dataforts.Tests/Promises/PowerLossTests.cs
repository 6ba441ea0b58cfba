using Dataforts.Testing;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Promises;

/// <summary>Losses of power, replayed from a record of what the device was asked for.</summary>
public sealed class PowerLossTests
{
    private const long LongSegment = 320 * 1024;

    [Fact]
    public Task What_was_promised_survives_a_loss_of_power() => ProveAsync(lives: 3, steps: 60, states: 80, SampleStore.SmallSegment);

    [Fact]
    public Task Hint_files_mislead_nobody_after_a_loss_of_power() => ProveAsync(lives: 1, steps: 250, states: 50, LongSegment);

    [Fact]
    public Task Power_may_be_lost_again_while_the_store_is_mended() => ProveTwiceAsync(lives: 1, states: 25);

    [Fact]
    [Slow]
    public async Task What_was_promised_survives_thousands_of_losses_of_power()
    {
        await ProveAsync(lives: 20, steps: 120, states: 200, SampleStore.SmallSegment);
        await ProveAsync(lives: 4, steps: 400, states: 150, LongSegment);
    }

    [Fact]
    [Slow]
    public Task Power_may_be_lost_again_and_again_while_the_store_is_mended() => ProveTwiceAsync(lives: 6, states: 100);

    private static async Task ProveAsync(int lives, int steps, int states, long segmentBytes)
    {
        Random random = TestSeed.For($"{nameof(PowerLossTests)} {segmentBytes}");
        for (int life = 0; life < lives; life++)
        {
            int seed = random.Next();
            await using var workload = new DurableWorkload(seed, segmentBytes);
            await workload.RunAsync(steps);
            DeviceOperation[] operations = workload.Recording.Operations;
            using var proof = new PowerLossProof(operations, workload.Ledger, workload.StoreName);
            for (int i = 0; i < states; i++)
            {
                var survival = (Survival)Math.Min(i % 4, 2);
                string? wrong = await proof.ExamineAsync(random.Next(operations.Length + 1), survival, random.Next());
                Assert.True(wrong is null, $"DATAFORTS_TEST_SEED={TestSeed.Value}, life {life} of seed {seed}, {wrong}");
            }
        }
    }

    private static async Task ProveTwiceAsync(int lives, int states)
    {
        Random random = TestSeed.For($"{nameof(PowerLossTests)} twice");
        for (int life = 0; life < lives; life++)
        {
            int seed = random.Next();
            await using var workload = new DurableWorkload(seed, SampleStore.SmallSegment);
            await workload.RunAsync(60);
            DeviceOperation[] operations = workload.Recording.Operations;
            using var proof = new PowerLossProof(operations, workload.Ledger, workload.StoreName);
            for (int i = 0; i < states; i++)
            {
                string? wrong = await proof.ExamineTwiceAsync(random.Next(operations.Length + 1), random.Next());
                Assert.True(wrong is null, $"DATAFORTS_TEST_SEED={TestSeed.Value}, life {life} of seed {seed}, {wrong}");
            }
        }
    }
}
