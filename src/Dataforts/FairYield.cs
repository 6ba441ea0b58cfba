using System.Runtime.CompilerServices;

namespace Dataforts;

/// <summary>Goes on from here on the thread pool, behind what was queued before. The pool's own way puts the newest first when it is
/// called from one of its threads, and the oldest chunk of a window is the one that is waited for.</summary>
internal readonly struct FairYield : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public FairYield GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
