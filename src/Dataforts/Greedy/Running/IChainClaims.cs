namespace Dataforts.Greedy.Running;

/// <summary>Tells others which chains a node holds.</summary>
public interface IChainClaims
{
    /// <summary>Makes and withdraws claims in one announcement. When it returns, others are no longer sent here for what is gone.</summary>
    /// <param name="held">Origins that are held from now on, in ascending order.</param>
    /// <param name="gone">Origins that will not be held any more, in ascending order; their events go only after this.</param>
    /// <param name="cancellationToken">Given up by.</param>
    ValueTask AnnounceAsync(IReadOnlyList<ulong> held, IReadOnlyList<ulong> gone, CancellationToken cancellationToken);
}
