using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Asking for a million hashes at once, known and unknown, against as many reads of memory at random places.</summary>
internal sealed class ProbeMeasurement() : Measurement("has-1m", "has() of 1,000,000 hashes at once", "has-1m-known", "has-1m-unknown")
{
    public override async Task<IReadOnlyList<BenchRow>> RunAsync(BenchRun run, CancellationToken cancellationToken)
    {
        PairedTurns known = new(), unknown = new();
        BlobStore store = await run.NewStoreAsync(cancellationToken);
        try
        {
            BlobHash[] stored = await TinyChunks.FillAsync(run, store, cancellationToken);
            new Random(2).Shuffle(stored);
            var strange = new BlobHash[stored.Length];
            new Random(3).NextBytes(MemoryMarshal.AsBytes(strange.AsSpan()));
            var present = new bool[stored.Length];
            // As much memory as an index of this many chunks takes.
            var table = new ulong[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)stored.Length * 8)];
            table.AsSpan().Fill(1);
            double millions = stored.Length / 1e6;
            await run.RepeatAsync(counts =>
            {
                double old = run.Seconds(() => Expect(stored.Length, store.Chunks.Contains(stored, present)));
                double fresh = run.Seconds(() => Expect(0, store.Chunks.Contains(strange, present)));
                double reads = run.Seconds(() => Expect(stored.Length, Touch(table, strange)));
                if (!counts) return Task.CompletedTask;
                known.Add(millions / old, millions / reads);
                unknown.Add(millions / fresh, millions / reads);
                return Task.CompletedTask;
            }, cancellationToken);
        }
        finally
        {
            await BenchRun.DropAsync(store);
        }
        const string LimitOf = "reads of memory at random places";
        return
        [
            known.Row("has-1m-known", "M/s", LimitOf, BenchGoal.ValueAtLeast(5)),
            unknown.Row("has-1m-unknown", "M/s", LimitOf, BenchGoal.ValueAtLeast(5)),
        ];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Touch(ulong[] table, BlobHash[] places)
    {
        ulong sum = 0;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<BlobHash, ulong>(places.AsSpan());
        for (int i = 0; i < words.Length; i += 4) sum += table[words[i] & ((ulong)table.Length - 1)];
        return (int)sum;
    }

    private static void Expect(int wanted, int found)
    {
        if (found != wanted) throw new InvalidOperationException($"{found} hashes were found where {wanted} are");
    }
}
