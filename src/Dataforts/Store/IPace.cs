namespace Dataforts.Store;

/// <summary>What holds work back: asked after every piece that was done, it returns when the next may begin.</summary>
public interface IPace
{
    /// <summary>Returns when so many bytes more may have been done.</summary>
    /// <param name="bytes">What was just done.</param>
    /// <param name="cancellationToken">Ends the wait, and with it the work.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask TakeAsync(long bytes, CancellationToken cancellationToken);
}
