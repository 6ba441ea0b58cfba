using System.Globalization;
using System.Text;
using Dataforts;
using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Store;
using Dataforts.Testing;

// The other process of the tests that need one: it is killed, holds the lock, writes while a reader looks, or meets a limit.
using Stream output = Console.OpenStandardOutput();
var options = new StoreOptions { Path = args[1], Writable = true, SegmentBytes = 64 * 1024, LockTimeout = TimeSpan.FromSeconds(30) };
switch (args[0])
{
    case "churn":
        await new Churn(options with { MinHintedBytes = 8 * 1024 }, Say)
            .RunAsync(ulong.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
        return 0;
    case "keep":
        await new Keeper(options, Say).RunAsync(int.Parse(args[2], CultureInfo.InvariantCulture));
        return 0;
    case "publish":
        await new Publisher(options with { MinHintedBytes = 8 * 1024 }, Say).RunAsync(int.Parse(args[2], CultureInfo.InvariantCulture));
        return 0;
    case "look":
        Say(await Onlooker.LookAsync(args[1], Task.Run(Console.In.ReadToEnd), Say));
        return 0;
    case "hold":
        await using (await ChunkStore.OpenAsync(options))
        {
            Say("held");
            await Console.In.ReadToEndAsync();
        }
        return 0;
    case "hammer":
        await HammerAsync();
        return 0;
    case "durable":
        await DurableWriter.RunAsync(options, Say);
        return 0;
    case "trees":
        await TreeSwitcher.RunAsync(args[1], args[2], args[3] == "exchange", args[4..], Say);
        return 0;
    case "limit":
        return await MeetLimitAsync();
    default:
        return 2;
}

void Say(string line) => output.Write(Encoding.ASCII.GetBytes(line + "\n"));

async Task HammerAsync()
{
    // Not ReadToEndAsync, which on the console is not asynchronous.
    Task<string> end = Task.Run(Console.In.ReadToEnd);
    int count = 0;
    TimeSpan longest = TimeSpan.Zero;
    while (!end.IsCompleted)
    {
        // Now and then it closes and opens again, for a reader's view must hold then too.
        await using ChunkStore store = await ChunkStore.OpenAsync(options);
        for (int i = 0; i < 200 && !end.IsCompleted; i++, count++)
        {
            byte[] content = SpecRandom.Bytes((ulong)count + 7, 100 + (count % 900));
            VerifiedChunk chunk = ChunkVerifier.Hash(content);
            long start = TimeProvider.System.GetTimestamp();
            store.Put(chunk);
            store.SetName($"name-{count % 50}", SmallRef.Create(chunk.Hash, (ulong)content.Length));
            TimeSpan took = TimeProvider.System.GetElapsedTime(start);
            if (took > longest) longest = took;
            if (count == 0) Say("started");
            // A store that grows without bound would make each look at it longer than the one before.
            if (i % 5 == 0) await Task.Delay(1);
        }
    }
    Say(string.Create(CultureInfo.InvariantCulture, $"{count} {(int)longest.TotalMilliseconds}"));
}

async Task<int> MeetLimitAsync()
{
    await using ChunkStore store = await ChunkStore.OpenAsync(options);
    var kept = new List<int>();
    FileSizeLimit.Set(40_000);
    ErrorKind? kind = null;
    for (int chunk = 2; kind is null; chunk++)
    {
        try
        {
            store.Put(ChunkVerifier.Hash(SpecRandom.Bytes((ulong)chunk, 3000)));
            kept.Add(chunk);
        }
        catch (DatafortsException error)
        {
            kind = error.Kind;
            if (store.Contains(BlobHash.Compute(SpecRandom.Bytes((ulong)chunk, 3000)))) return 3;
        }
    }
    FileSizeLimit.Set(null);
    store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(1, 3000)));
    await store.FlushAsync();
    Say($"{kind} {string.Join(',', kept)}");
    return 0;
}
