using Dataforts.Content.Directories;

namespace Dataforts.Directories;

/// <summary>A manifest's entries one after the other, which have to be in the order of their paths.</summary>
internal sealed class OrderedEntries(StoredManifest manifest, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<DirectoryEntry> _entries = manifest.EntriesAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>The entry at hand; null behind the last.</summary>
    public DirectoryEntry? Current { get; private set; }

    /// <summary>The order of two paths' bytes; nothing comes last.</summary>
    public static int Compare(DirectoryEntry? left, DirectoryEntry? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => left.PathBytes.Span.SequenceCompareTo(right.PathBytes.Span),
    };

    /// <exception cref="DirectoryException">The next one is not behind this one.</exception>
    public async ValueTask MoveNextAsync()
    {
        DirectoryEntry? next = await _entries.MoveNextAsync().ConfigureAwait(false) ? _entries.Current : null;
        if (Current is not null && next is not null && Compare(Current, next) >= 0)
        {
            throw DirectoryException.From(new DirectoryFormatException(
                EntryFault.NotInOrder, next.Path, $"The entry '{next.Path}' does not come behind the one before it, so the trees cannot be compared."));
        }
        Current = next;
    }

    public ValueTask DisposeAsync() => _entries.DisposeAsync();
}
