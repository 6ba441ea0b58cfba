namespace Dataforts.Tests.Lifecycle;

/// <summary>A stream in the middle of which something happens, once, when everything before has been handed out.</summary>
internal sealed class CollectingStream(byte[] content, int at, Func<Task> happening) : MemoryStream(content, writable: false)
{
    private bool _happened;

    public override bool CanSeek => false;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= at && !_happened)
        {
            _happened = true;
            await happening();
        }
        int most = _happened ? buffer.Length : Math.Min(buffer.Length, Math.Min(10_000, at - (int)Position));
        return await base.ReadAsync(buffer[..Math.Max(0, most)], cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
