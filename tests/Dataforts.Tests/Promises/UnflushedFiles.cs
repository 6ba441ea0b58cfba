namespace Dataforts.Tests.Promises;

/// <summary>What of a folder's files is not known to be on stable storage, call by call.</summary>
/// <remarks>A flush covers the calls that had come back when it began.</remarks>
internal sealed class UnflushedFiles(string root)
{
    private readonly Dictionary<string, int> _data = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    /// <summary>How many flushes were seen.</summary>
    public int Flushes { get; private set; }

    /// <summary>The files whose bytes, and the entries of folders, that a loss of power could take.</summary>
    public IEnumerable<string> All => _data.Keys.Select(path => $"bytes of {path}").Concat(_entries.Keys.Select(path => $"entry of {path}"));

    /// <summary>Takes a call.</summary>
    public void Take(SystemCall call)
    {
        if (call.Returned < 0) return;
        switch (call.Name)
        {
            case "openat" when call.Arguments.Contains("O_CREAT", StringComparison.Ordinal):
                string made = call.Strings[0];
                if (IsOurs(made) && _lengths.TryAdd(made, 0)) _entries[made] = call.Ended;
                break;
            case "mkdir" or "mkdirat":
                if (IsOurs(call.Strings[0])) _entries[call.Strings[0]] = call.Ended;
                break;
            case "pwrite64" or "pwritev" or "pwritev2" or "write" or "writev":
                if (!IsOurs(call.FilePath)) break;
                _data[call.FilePath] = call.Ended;
                if (call.Name[0] == 'p') _lengths[call.FilePath] = Math.Max(_lengths.GetValueOrDefault(call.FilePath), call.Last + call.Returned);
                break;
            case "ftruncate":
                // To the same length it only gives back room that was set aside.
                if (IsOurs(call.FilePath) && _lengths.GetValueOrDefault(call.FilePath) != call.Last) _data[call.FilePath] = call.Ended;
                break;
            case "rename" or "renameat" or "renameat2":
                Rename(call.Strings[0], call.Strings[^1], call.Ended);
                break;
            case "unlink" or "unlinkat":
                if (!_lengths.Remove(call.Strings[0])) break;
                _data.Remove(call.Strings[0]);
                _entries[call.Strings[0]] = call.Ended;
                break;
            case "fsync" or "fdatasync":
                Flush(call);
                break;
        }
    }

    private void Flush(SystemCall call)
    {
        Flushes++;
        if (_data.TryGetValue(call.FilePath, out int written) && written < call.Began) _data.Remove(call.FilePath);
        foreach ((string path, int ended) in _entries.ToList())
        {
            if (Path.GetDirectoryName(path) == call.FilePath && ended < call.Began) _entries.Remove(path);
        }
    }

    private void Rename(string from, string to, int ended)
    {
        if (!IsOurs(from)) return;
        if (_data.Remove(from, out int written)) _data[to] = written;
        if (_lengths.Remove(from, out long length)) _lengths[to] = length;
        _entries.Remove(from);
        _entries[to] = ended;
    }

    private bool IsOurs(string path) => path.StartsWith(root, StringComparison.Ordinal);
}
