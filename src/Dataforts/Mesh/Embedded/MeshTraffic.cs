namespace Dataforts.Mesh.Embedded;

/// <summary>What a node has sent and received. Read with <see cref="Volatile"/> semantics; each figure is exact, together they are not of one moment.</summary>
public sealed class MeshTraffic
{
    private long _announcementsSent, _announcementBytes, _announcementBytesReceived, _requests, _requestBytes, _chunks, _chunkBytes, _events, _eventBytes;

    /// <summary>Announcements sent, one for each reader.</summary>
    public long AnnouncementsSent => Volatile.Read(ref _announcementsSent);

    /// <summary>Bytes of announcements sent: changes, and wholes where a reader had no base.</summary>
    public long AnnouncementBytes => Volatile.Read(ref _announcementBytes);

    /// <summary>Bytes of announcements received.</summary>
    public long AnnouncementBytesReceived => Volatile.Read(ref _announcementBytesReceived);

    /// <summary>Requests made.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Bytes of requests made and of their replies.</summary>
    public long RequestBytes => Volatile.Read(ref _requestBytes);

    /// <summary>Chunks received.</summary>
    public long Chunks => Volatile.Read(ref _chunks);

    /// <summary>Bytes of chunks received.</summary>
    public long ChunkBytes => Volatile.Read(ref _chunkBytes);

    /// <summary>Events received.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Bytes of events received.</summary>
    public long EventBytes => Volatile.Read(ref _eventBytes);

    internal void NoteAnnounced(long readers, long bytes)
    {
        Interlocked.Add(ref _announcementsSent, readers);
        Interlocked.Add(ref _announcementBytes, bytes);
    }

    internal void NoteHeard(long bytes) => Interlocked.Add(ref _announcementBytesReceived, bytes);

    internal void NoteRequest(long bytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _requestBytes, bytes);
    }

    internal void NoteChunk(long bytes)
    {
        Interlocked.Increment(ref _chunks);
        Interlocked.Add(ref _chunkBytes, bytes);
    }

    internal void NoteEvent(long bytes)
    {
        Interlocked.Increment(ref _events);
        Interlocked.Add(ref _eventBytes, bytes);
    }
}
