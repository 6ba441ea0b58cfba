namespace Dataforts.Store.Events;

internal sealed partial class EventLog
{
    /// <summary>Begins to tell changes of what events keep; null ends that. Appends go on while what is kept is read.</summary>
    /// <returns>What they keep now.</returns>
    /// <exception cref="DatafortsException">As <see cref="StoredChannel.ListRoots(IEventRoots, List{EventRoot})"/>.</exception>
    public List<EventRoot> BeginCounting(IEventRoots? counted)
    {
        var roots = new List<EventRoot>();
        // One at a time, and not under the gate that appends to new channels wait for.
        lock (_countingGate)
        {
            List<StoredChannel> channels;
            lock (_gate)
            {
                _counted = counted;
                channels = [.. _byId.Values];
            }
            try
            {
                foreach (StoredChannel channel in channels)
                {
                    if (counted is null) channel.SetCounted(null);
                    else channel.ListRoots(counted, roots);
                }
            }
            catch
            {
                // What was never begun is told nothing.
                lock (_gate) _counted = null;
                foreach (StoredChannel channel in All()) channel.SetCounted(null);
                throw;
            }
        }
        return roots;
    }

    /// <summary>What events keep now, where it can be read; what cannot is among the damaged files.</summary>
    public List<EventRoot> ListRoots(CancellationToken cancellationToken)
    {
        var roots = new List<EventRoot>();
        foreach (StoredChannel channel in All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            channel.ListReadableRoots(roots);
        }
        return roots;
    }

    /// <summary>Takes note of a channel that has dropped refs and not yet told the log.</summary>
    public void NoteUnsaved(StoredChannel channel) => _unsaved.Enqueue(channel);

    /// <summary>Has channels that dropped refs tell the log, and lets go what these kept; for whoever is to collect it.</summary>
    /// <exception cref="DatafortsException">As <see cref="StoredChannel.SaveUnsaved"/>.</exception>
    public void SaveUnsaved()
    {
        for (int left = _unsaved.Count; left > 0 && _unsaved.TryDequeue(out StoredChannel? channel); left--)
        {
            try
            {
                channel.SaveUnsaved();
            }
            catch
            {
                _unsaved.Enqueue(channel);
                throw;
            }
        }
    }
}
