using Dataforts.Simulation.Chance;

namespace Dataforts.Simulation.Caching.Traces;

/// <summary>Streams of keys that traces are put together from, each without end.</summary>
internal static class TraceParts
{
    /// <summary>Keys by Zipf's law; at each request, with a probability, a random rank is given to a new key, and two ranks change places.</summary>
    public static IEnumerable<ulong> Zipf(SeededRandom random, int count, double exponent, double drift = 0)
    {
        var ranks = new Zipf(count, exponent);
        ulong space = random.Next();
        ulong fresh = (ulong)count;
        var keys = new ulong[count];
        for (int i = 0; i < count; i++) keys[i] = ExactMath.Scatter(space + (ulong)i);
        for (; ; )
        {
            if (drift > 0 && random.Happens(drift))
            {
                int renewed = random.Below(count);
                keys[renewed] = ExactMath.Scatter(space + fresh++);
                (int left, int right) = (ranks.Draw(random), random.Below(count));
                (keys[left], keys[right]) = (keys[right], keys[left]);
            }
            yield return keys[ranks.Draw(random)];
        }
    }

    /// <summary>Each key once.</summary>
    public static IEnumerable<ulong> Once(SeededRandom random)
    {
        ulong space = random.Next();
        for (ulong i = 0; ; i++) yield return ExactMath.Scatter(space + i);
    }

    /// <summary>The same keys in the same order again and again; after each round some at one end are new.</summary>
    public static IEnumerable<ulong> Loop(SeededRandom random, int count, int shift = 0)
    {
        ulong space = random.Next();
        for (ulong first = 0; ; first += (ulong)shift)
        {
            for (int i = 0; i < count; i++) yield return ExactMath.Scatter(space + first + (ulong)i);
        }
    }

    /// <summary>Asks again for what was asked for a random number of requests ago, near ones likelier (density 1/d^s up to a reach), or for something
    /// new.</summary>
    public static IEnumerable<ulong> Recent(SeededRandom random, int reach, double exponent, double newShare)
    {
        var distances = new Zipf(reach, exponent);
        ulong space = random.Next();
        var history = new ulong[reach];
        ulong fresh = 0;
        for (long now = 0; ; now++)
        {
            int distance = distances.Draw(random) + 1;
            ulong key = distance > now || random.Happens(newShare) ? ExactMath.Scatter(space + fresh++) : history[(now - distance) % reach];
            history[now % reach] = key;
            yield return key;
        }
    }

    /// <summary>Flash crowds: some keys at a time, each for a while, then new ones.</summary>
    public static IEnumerable<ulong> Crowds(SeededRandom random, int crowds, int requestsEach)
    {
        ulong space = random.Next();
        ulong fresh = 0;
        var keys = new ulong[crowds];
        var left = new int[crowds];
        for (; ; )
        {
            int crowd = random.Below(crowds);
            if (left[crowd]-- <= 0)
            {
                keys[crowd] = ExactMath.Scatter(space + fresh++);
                left[crowd] = 1 + random.Below(requestsEach * 2);
            }
            yield return keys[crowd];
        }
    }

    /// <summary>Takes from one stream or the other, each request anew.</summary>
    public static IEnumerable<ulong> Mix(SeededRandom random, IEnumerable<ulong> first, double shareOfFirst, IEnumerable<ulong> second)
    {
        using IEnumerator<ulong> left = first.GetEnumerator();
        using IEnumerator<ulong> right = second.GetEnumerator();
        for (; ; )
        {
            IEnumerator<ulong> chosen = random.Happens(shareOfFirst) ? left : right;
            chosen.MoveNext();
            yield return chosen.Current;
        }
    }

    /// <summary>Takes runs from each stream in turn; each goes on where it stopped.</summary>
    public static IEnumerable<ulong> Phases(params (IEnumerable<ulong> Stream, int Run)[] streams)
    {
        IEnumerator<ulong>[] open = [.. streams.Select(part => part.Stream.GetEnumerator())];
        for (; ; )
        {
            for (int i = 0; i < open.Length; i++)
            {
                for (int taken = 0; taken < streams[i].Run; taken++)
                {
                    open[i].MoveNext();
                    yield return open[i].Current;
                }
            }
        }
    }

    /// <summary>All keys in one size.</summary>
    public static IEnumerable<(ulong Key, ulong SizeBytes)> Pages(IEnumerable<ulong> keys) => keys.Select(key => (key, 4096UL));
}
