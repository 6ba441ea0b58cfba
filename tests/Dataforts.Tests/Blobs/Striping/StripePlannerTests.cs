using CsCheck;
using Dataforts.Blobs.Striping;
using Dataforts.Content;

namespace Dataforts.Tests.Blobs.Striping;

public sealed class StripePlannerTests
{
    [Theory]
    [InlineData(3, 2, "abcdef", "abc def")]
    [InlineData(3, 2, "abcdefg", "abc de fg")]
    [InlineData(3, 2, "abcd", "ab cd")]
    [InlineData(3, 2, "abcde", "abc de")]
    [InlineData(3, 2, "ab", "ab")]
    [InlineData(3, 2, "a", "a!")]
    [InlineData(2, 2, "abc", "abc")]
    [InlineData(2, 2, "abcde", "ab cde")]
    [InlineData(1, 2, "abcd", "ab cd")]
    [InlineData(1, 2, "abc", "abc")]
    [InlineData(2, 126, "abc", "ab c!")]
    [InlineData(1, 127, "abc", "a! b! c!")]
    [InlineData(3, 2, "abab", "ab ab")]
    [InlineData(3, 2, "ababa", "ab ab a!")]
    [InlineData(3, 2, "abca", "ab ca")]
    [InlineData(4, 2, "abcac", "abc ac")]
    [InlineData(3, 2, "abcc", "abc c!")]
    [InlineData(3, 2, "aaaaaaa", "aaa! aaa! a!")]
    [InlineData(3, 2, "aab", "aa! b!")]
    [InlineData(3, 2, "aabc", "aa! bc")]
    [InlineData(3, 2, "abccc", "abc cc!")]
    public void Stripes_are(int k, int m, string chunks, string expected) => Assert.Equal(expected, Plan(k, m, chunks, protects: true));

    [Theory]
    [InlineData(3, 2, "abcdefg", "abc def g?")]
    [InlineData(3, 2, "aaaaa", "aaa aa?")]
    [InlineData(1, 1, "aab", "a a b")]
    public void With_a_tail_without_parity_stripes_are_k_chunks_whatever_they_are(int k, int m, string chunks, string expected) =>
        Assert.Equal(expected, Plan(k, m, chunks, protects: false));

    [Fact]
    public void Whatever_comes_a_protected_stripe_has_two_or_more_distinct_chunks_and_fits_a_leaf() =>
        Gen.Select(Gen.Int[1, 127], Gen.Int[1, 127], Gen.Int[0, 3].Array[1, 400].Select(Gen.Int[1, 60])).Sample((k, m, input) =>
        {
            if (k + m > 128) return;
            (int[] letters, int variety) = input;
            int[] chunks = [.. letters.Select((letter, i) => letter == 0 ? i : i % variety)];
            List<StripeGroup> stripes = Stripes(k, m, chunks, protects: true);
            Assert.Equal(chunks, stripes.SelectMany(stripe => stripe.Chunks).Select(chunk => (int)chunk.SizeBytes - 1));
            foreach (StripeGroup stripe in stripes)
            {
                int distinct = stripe.Chunks.Select(chunk => chunk.Hash).Distinct().Count();
                if (stripe.Code.IsReedSolomon)
                {
                    Assert.Equal(stripe.Chunks.Count, distinct);
                    Assert.InRange(distinct, 2, Math.Max(k, 3));
                    Assert.Equal((stripe.Chunks.Count, m), (stripe.Code.DataShards, stripe.Code.ParityShards));
                }
                else
                {
                    Assert.True(stripe.NeedsCopies);
                    Assert.Equal(1, distinct);
                }
            }
            // Copies cost m times the bytes: only what has no other chunk beside it is kept that way.
            bool isPlain = k + m <= 125 && chunks.Distinct().Count() == chunks.Length && chunks.Length > 1;
            if (isPlain) Assert.All(stripes, stripe => Assert.False(stripe.NeedsCopies));
        }, iter: 1000);

    [Theory]
    [InlineData(1000, 0, 300, 300)]
    [InlineData(60, 0, 300, 12)]
    public void Leaves_take_one_stripe_or_with_tiny_chunks_as_many_as_fit(int leastChunk, int before, int stripes, int leaves)
    {
        var rules = new StripeRules(BlobEncoding.ReedSolomon(3, 2), ProtectsTail: true);
        Assert.Equal(leaves, Leaves(rules, leastChunk, before + stripes));
    }

    [Fact]
    public void Behind_so_many_leaves_of_one_stripe_leaves_are_filled() => Assert.Equal(
        StripeLeaves.AloneLeaves + 4, Leaves(new StripeRules(BlobEncoding.ReedSolomon(3, 2), ProtectsTail: true), 1000, StripeLeaves.AloneLeaves + 100));

    [Fact]
    public void With_a_tail_without_parity_leaves_always_take_one() => Assert.Equal(
        StripeLeaves.AloneLeaves + 100, Leaves(new StripeRules(BlobEncoding.ReedSolomon(3, 2), ProtectsTail: false), 1, StripeLeaves.AloneLeaves + 100));

    [Theory]
    [InlineData(2, 1, "abc", "111", 1)]
    [InlineData(2, 1, "abc", "110", 0)]
    [InlineData(2, 1, "abc", "100", -1)]
    [InlineData(2, 2, "abcd", "1111", 2)]
    [InlineData(2, 2, "abbb", "1111", 0)]
    [InlineData(2, 2, "abbb", "1333", 2)]
    [InlineData(2, 2, "aaaa", "2222", 1)]
    [InlineData(3, 3, "abccde", "111111", 2)]
    public void The_losses_that_a_stripe_tolerates_are_counted_in_objects(int k, int m, string shards, string copies, int expected)
    {
        TreeChunk[] chunks = [.. shards.Select((letter, i) => new TreeChunk(Hash(letter), 10, i < k ? ChunkRole.Data : ChunkRole.Parity(0)))];
        var stripe = new Stripe(BlobEncoding.ReedSolomon(k, m), [.. chunks]);
        Assert.Equal(expected, StripeTolerance.Of(stripe, [.. copies.Select(count => count - '0')]));
    }

    private static int Leaves(StripeRules rules, int leastChunk, int stripes)
    {
        var leaves = new StripeLeaves(rules, leastChunk);
        var stripe = new Stripe(
            rules.Code, [.. Enumerable.Range(0, 5).Select(i => new TreeChunk(Hash(i), 10, i < 3 ? ChunkRole.Data : ChunkRole.Parity((byte)(i - 3))))]);
        int count = 0, seen = 0;
        for (int i = 0; i < stripes; i++) Count(leaves.Add(stripe));
        Count(leaves.Finish());
        Assert.Equal(stripes, seen);
        return count;

        void Count(ErasureLeafNode? leaf)
        {
            if (leaf is null) return;
            count++;
            seen += leaf.Stripes.Length;
        }
    }

    private static string Plan(int k, int m, string chunks, bool protects) => string.Join(
        ' ', Stripes(k, m, [.. chunks.Select(letter => letter - 'a')], protects)
        .Select(stripe => string.Concat(stripe.Chunks.Select(chunk => (char)('a' + chunk.SizeBytes - 1)))
            + (stripe.Code.IsReedSolomon ? "" : stripe.NeedsCopies ? "!" : "?")));

    private static List<StripeGroup> Stripes(int k, int m, int[] chunks, bool protects)
    {
        var planner = new StripePlanner(new StripeRules(BlobEncoding.ReedSolomon(k, m), protects));
        var stripes = new List<StripeGroup>();
        foreach (int chunk in chunks)
        {
            planner.Add(Hash(chunk), (uint)chunk + 1);
            while (planner.TryTake(out StripeGroup? stripe)) stripes.Add(stripe);
        }
        planner.Finish();
        while (planner.TryTake(out StripeGroup? stripe)) stripes.Add(stripe);
        return stripes;
    }

    private static BlobHash Hash(int number) => BlobHash.Compute(BitConverter.GetBytes(number));
}
