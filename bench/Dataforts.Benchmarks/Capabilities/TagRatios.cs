using System.Diagnostics;
using System.Globalization;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Peers;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Benchmarks.Capabilities;

/// <summary><c>ratios tags</c>: reading blob heats beside substrings and a general number parser, and finding holders beside a scan. One thread.</summary>
internal static class TagRatios
{
    private const int Peers = 100;
    private const int TagsEach = 256;
    private const int Turns = 41;

    public static int Run()
    {
        Console.WriteLine($"medians of {Turns} turns; ns and bytes for one tag or look-up");
        Console.WriteLine($"{"",-44} {"plain",12} {"ours",12}   ratio (quartiles)            bytes plain, ours");
        Parse();
        foreach (int nodes in (int[])[10, 1_000, 10_000]) Holders(nodes);
        return 0;
    }

    private static void Parse()
    {
        string[] tags =
            [.. Enumerable.Range(0, Peers * TagsEach).Select(i => new BlobHeat(BlobHash.Compute(BitConverter.GetBytes(i)), 1 + (i % 100)).ToString())];
        Compare($"blob heat, {TagsEach} tags x {Peers} peers", () => Plain(tags), () => Ours(tags), tags.Length);
    }

    private static int Plain(string[] tags)
    {
        int read = 0;
        foreach (string tag in tags)
        {
            if (!tag.StartsWith("heat:blob:", StringComparison.Ordinal)) continue;
            string body = tag[10..];
            int equals = body.IndexOf('=', StringComparison.Ordinal);
            if (equals != 64) continue;
            byte[] hash = new byte[32];
            for (int i = 0; i < 32; i++) hash[i] = Convert.ToByte(body.Substring(2 * i, 2), 16);
            if (double.TryParse(body[65..], NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is >= 0 and <= 1) read += hash[31] & 1;
        }
        return read;
    }

    private static int Ours(string[] tags)
    {
        int read = 0;
        foreach (string tag in tags)
        {
            if (BlobHeat.TryParse(tag, out BlobHeat heat)) read += heat.Hash.Span[31] & 1;
        }
        return read;
    }

    // Each node holds 30 chains of as many as there are nodes, so each chain has 30 holders, or 10.
    private static void Holders(int nodes)
    {
        const int Each = 30;
        const int Asked = 64;
        var directory = new ListedPeers([.. Enumerable.Range(1, nodes).Select(id => PeerOf(id, nodes, Each))]);
        using PeerIndex index = PeerIndex.Follow(new NodeId(ulong.MaxValue), directory, TimeProvider.System);
        ulong[] chains = [.. Enumerable.Range(0, Asked).Select(i => (ulong)(1 + (i * 7919 % nodes)))];
        int asked = nodes > 1_000 ? 1 : Asked;
        Compare(
            $"holders of a chain, {nodes:N0} nodes x {Math.Min(Each, nodes)} chains", () => chains.Take(asked).Sum(chain => Scan(directory.Snapshot(), chain)),
            () =>
            {
                int found = 0;
                foreach (ulong chain in chains) found += index.HoldersOf(chain).Length;
                return found;
            },
            asked, Asked);
    }

    private static int Scan(IReadOnlyList<Peer> peers, ulong chain)
    {
        string claim = $"causal:{chain:x16}";
        var holders = new List<Peer>();
        foreach (Peer peer in peers)
        {
            foreach (string tag in peer.Offer.Tags)
            {
                if (!tag.StartsWith(claim, StringComparison.Ordinal) || (tag.Length > claim.Length && tag[claim.Length] is not (':' or '['))) continue;
                holders.Add(peer);
                break;
            }
        }
        holders.Sort((a, b) => a.RoundTrip!.Value.CompareTo(b.RoundTrip!.Value) is var order and not 0 ? order : a.Id.CompareTo(b.Id));
        return holders.Count;
    }

    private static Peer PeerOf(int id, int nodes, int each)
    {
        IEnumerable<ChainClaim> claims = Enumerable.Range(0, Math.Min(each, nodes)).Select(i => ChainClaim.To((ulong)(1 + ((id + (i * 31)) % nodes)), 9));
        Offer offer = new CapabilityBuilder().Hold(claims).Build();
        return new Peer(
            new Announcement(new NodeId((ulong)id), 1, TimeSpan.FromHours(1), offer), DateTimeOffset.MaxValue, TimeSpan.FromMilliseconds(id * 7919 % 200));
    }

    private static void Compare(string name, Func<int> plain, Func<int> ours, int plainItems, int ourItems = 0)
    {
        ourItems = ourItems == 0 ? plainItems : ourItems;
        double[] plainNs = new double[Turns], ourNs = new double[Turns], ratios = new double[Turns];
        for (int i = 0; i < 3; i++) _ = (Time(plain, plainItems), Time(ours, ourItems));
        for (int turn = 0; turn < Turns; turn++)
        {
            if (turn % 2 == 0) plainNs[turn] = Time(plain, plainItems);
            ourNs[turn] = Time(ours, ourItems);
            if (turn % 2 != 0) plainNs[turn] = Time(plain, plainItems);
            ratios[turn] = plainNs[turn] / ourNs[turn];
        }
        Console.WriteLine(
            $"{name,-44} {Quantile(plainNs, 0.5),12:N1} {Quantile(ourNs, 0.5),12:N1} {Quantile(ratios, 0.5),7:F1} x "
            + $"({Quantile(ratios, 0.25):F1} .. {Quantile(ratios, 0.75):F1})   {Bytes(plain, plainItems),12:N0} {Bytes(ours, ourItems),6:N0}");
    }

    // Repeated until a turn is long enough for the clock.
    private static double Time(Func<int> work, int items)
    {
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        TimeSpan spent;
        do
        {
            work();
            calls++;
            spent = Stopwatch.GetElapsedTime(start);
        }
        while (spent < TimeSpan.FromMilliseconds(2));
        return spent.TotalNanoseconds / ((double)calls * items);
    }

    private static long Bytes(Func<int> work, int items)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / items;
    }

    private static double Quantile(double[] values, double share)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
