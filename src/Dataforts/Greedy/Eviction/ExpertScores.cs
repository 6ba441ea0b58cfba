namespace Dataforts.Greedy.Eviction;

/// <summary>Who of several experts is to be followed, by what each would have hit. Expert 0 is the one that nothing may fall far behind.</summary>
/// <remarks>
/// <para>Hits fade from epoch to epoch. A leader stays until another is ahead of it by more than chance and a small margin, as each change costs the misses
/// of moving over.</para>
/// <para>What the cache itself has hit is compared over a longer time. What an expert is ahead in hits is credited to it, so that one that is good
/// throughout is preferred to those that are best by turns. Where expert 0 is ahead in bytes by more than a small part, an expert with fewer bytes is
/// not eligible. So a better hit ratio is bought with
/// bytes only as long as bytes are about as good as LRU's.</para>
/// </remarks>
internal sealed class ExpertScores
{
    // Chosen by experiment on made-up traces, see the experiment "caching".
    private const double Fading = 0.9;
    private const double SlowFading = 0.99;
    private const double Margin = 0.002;
    private const double Deviations = 0.5;
    private const double ByteSlack = 0.003;

    private readonly long[] _hits;
    private readonly double[] _hitBytes;
    private readonly double[] _score;
    private readonly double[] _byteScore;

    // How far each expert is ahead of the cache itself, over a longer time.
    private readonly double[] _ahead;
    private long _requests;
    private double _bytes;
    private long _ownHits;
    private double _ownHitBytes;
    private double _window;
    private double _byteLead;
    private double _byteWindow;

    public ExpertScores(int experts) =>
        (_hits, _hitBytes, _score, _byteScore, _ahead) =
            (new long[experts], new double[experts], new double[experts], new double[experts], new double[experts]);

    /// <summary>How many requests the open epoch has.</summary>
    public long Requests => _requests;

    /// <summary>Whether less than a share of the requests so far were hits.</summary>
    public bool IsRareReuse(double share) => _score[0] + _hits[0] < share * (_window + _requests);

    /// <summary>Counts a request, and whether the cache itself held it.</summary>
    public void Request(long sizeBytes, bool isHit)
    {
        _requests++;
        _bytes += sizeBytes;
        if (!isHit) return;
        _ownHits++;
        _ownHitBytes += sizeBytes;
    }

    /// <summary>Counts that an expert would have held what was asked for.</summary>
    public void Hit(int expert, long sizeBytes)
    {
        _hits[expert]++;
        _hitBytes[expert] += sizeBytes;
    }

    /// <summary>Ends the epoch.</summary>
    /// <returns>Who is to lead now.</returns>
    public int EndEpoch(int leader)
    {
        _window = (_window * Fading) + _requests;
        _byteLead = (_byteLead * SlowFading) + _ownHitBytes - _hitBytes[0];
        _byteWindow = (_byteWindow * SlowFading) + _bytes;
        for (int i = 0; i < _score.Length; i++)
        {
            _ahead[i] = (_ahead[i] * SlowFading) + _hits[i] - _ownHits;
            _score[i] = (_score[i] * Fading) + _hits[i];
            _byteScore[i] = (_byteScore[i] * Fading) + _hitBytes[i];
        }
        Array.Clear(_hits);
        Array.Clear(_hitBytes);
        (_requests, _bytes, _ownHits, _ownHitBytes) = (0, 0, 0, 0);
        return Choose(leader);
    }

    private int Choose(int leader)
    {
        bool owesBytes = _byteLead < -ByteSlack * _byteWindow;
        int best = 0;
        for (int i = 1; i < _score.Length; i++)
        {
            if (owesBytes && _byteScore[i] < _byteScore[0]) continue;
            if (Score(i) > Score(best)) best = i;
        }
        if (owesBytes && _byteScore[leader] < _byteScore[0]) return best;
        double ahead = Score(best) - Score(leader);
        return ahead > (Margin * _window) + (Deviations * Math.Sqrt(Math.Max(0, _score[best]))) ? best : leader;
    }

    private double Score(int expert) => _score[expert] + Math.Max(0, _ahead[expert]);
}
