namespace Dataforts.Channels;

/// <summary>An append that waits until the channel has credit for it.</summary>
internal sealed class WaitingAppend(ReadOnlyMemory<EventData> events, EventData one, AppendOptions options)
{
    private readonly TaskCompletionSource<ValueTask<ulong>> _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The batch; empty for one event.</summary>
    public ReadOnlyMemory<EventData> Events => events;

    public EventData One => one;

    public AppendOptions Options => options;

    /// <summary>Whether it was called off or refused: it is passed over then.</summary>
    public bool IsOver => _admitted.Task.IsCompleted;

    /// <summary>What the append gives, once it is under way.</summary>
    public Task<ValueTask<ulong>> Admitted => _admitted.Task;

    /// <summary>It is under way. The channel's gate is held, and so it is when it is called off.</summary>
    public void Admit(ValueTask<ulong> appended) => _admitted.SetResult(appended);

    public void Refuse(Exception error) => _admitted.TrySetException(error);

    public bool TryCancel(CancellationToken cancellationToken) => _admitted.TrySetCanceled(cancellationToken);
}
