using Dataforts.Content;

namespace Dataforts.Blobs.Striping;

/// <summary>How many stored objects may be lost, whichever they are, before something cannot be read any more. Pure.</summary>
internal static class StripeTolerance
{
    /// <summary>Of a stripe.</summary>
    /// <param name="stripe">The stripe.</param>
    /// <param name="copies">How often each of its chunks is stored whole, in their order; 0 for one that is lost.</param>
    /// <returns>-1 when it is lost already.</returns>
    public static int Of(in Stripe stripe, ReadOnlySpan<int> copies)
    {
        if (!stripe.Encoding.IsReedSolomon)
        {
            int least = int.MaxValue;
            foreach (int count in copies) least = Math.Min(least, count);
            return least - 1;
        }
        // Chunks that are alike go together. The cheapest way to leave fewer than k shards: of each object all copies are lost, or none.
        int there = 0;
        var objects = new Dictionary<BlobHash, (int Shards, int Copies)>();
        for (int i = 0; i < copies.Length; i++)
        {
            if (copies[i] == 0) continue;
            there++;
            objects[stripe.Chunks[i].Hash] = (objects.GetValueOrDefault(stripe.Chunks[i].Hash).Shards + 1, copies[i]);
        }
        int spare = there - stripe.Encoding.DataShards;
        return spare < 0 ? -1 : CheapestLoss(objects.Values, spare + 1) - 1;
    }

    // costs[n]: the fewest copies to lose for n shards or more to be gone.
    private static int CheapestLoss(IEnumerable<(int Shards, int Copies)> objects, int shards)
    {
        int[] costs = new int[shards + 1];
        Array.Fill(costs, int.MaxValue / 2, 1, shards);
        foreach ((int gone, int cost) in objects)
        {
            for (int n = shards; n > 0; n--) costs[n] = Math.Min(costs[n], costs[Math.Max(0, n - gone)] + cost);
        }
        return costs[shards];
    }
}
