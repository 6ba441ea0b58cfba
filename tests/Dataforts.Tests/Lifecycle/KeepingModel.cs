using Dataforts.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>What has to be there, and what may, said as simply as can be: by blobs and times, without chunks, counts or records.</summary>
internal sealed class KeepingModel(BlobSample[] samples, long graceMs)
{
    private readonly Dictionary<string, (int Blob, RootReach Reach, long Until)> _roots = [];
    private readonly long[] _mustUntil = new long[samples.Length];
    private readonly long[] _mayUntil = new long[samples.Length];

    public long Now { get; private set; }

    public IEnumerable<string> Roots => _roots.Keys;

    public void Advance(long ms)
    {
        Now += ms;
        // A name that has expired gives what it stood for the grace period, a lease does not.
        foreach ((string key, (int blob, RootReach reach, long until)) in _roots.Where(root => root.Value.Until <= Now).ToList())
        {
            _roots.Remove(key);
            if (key.StartsWith("name", StringComparison.Ordinal)) Give(blob, reach, until + graceMs);
        }
    }

    public void Put(int blob)
    {
        _mustUntil[blob] = Math.Max(_mustUntil[blob], Now + graceMs);
        Allow(blob, RootReach.Directory, Now + graceMs + (graceMs / 1440));
    }

    public void Set(string key, int blob, RootReach reach, long until)
    {
        if (_roots.Remove(key, out (int Blob, RootReach Reach, long Until) before))
        {
            if (before.Blob != blob || before.Reach > reach) Give(before.Blob, before.Reach, Now + graceMs);
            else Allow(before.Blob, before.Reach, Now + graceMs);
        }
        _roots[key] = (blob, reach, until);
    }

    public bool End(string key)
    {
        if (!_roots.Remove(key, out (int Blob, RootReach Reach, long Until) before)) return false;
        Give(before.Blob, before.Reach, Now + graceMs);
        return true;
    }

    /// <summary>A collection that does not wait: what only had time has none any more, and what is kept otherwise may have.</summary>
    /// <param name="isBeside">Whether something is being put or read meanwhile, for which more may stay.</param>
    public void SkipGrace(bool isBeside)
    {
        Array.Clear(_mustUntil);
        if (isBeside) return;
        for (int blob = 0; blob < samples.Length; blob++)
        {
            if (!IsRooted(blob)) _mayUntil[blob] = 0;
        }
    }

    public bool Must(int blob) => IsRooted(blob) || _mustUntil[blob] > Now;

    public bool May(int blob) => IsRooted(blob) || _mayUntil[blob] > Now;

    private bool IsRooted(int blob) =>
        _roots.Values.Any(root => root.Blob == blob || (root.Reach == RootReach.Directory && samples[root.Blob].Links.Contains(blob)));

    private void Give(int blob, RootReach reach, long until)
    {
        foreach (int each in Reached(blob, reach)) _mustUntil[each] = Math.Max(_mustUntil[each], until);
        Allow(blob, reach, until);
    }

    private void Allow(int blob, RootReach reach, long until)
    {
        foreach (int each in Reached(blob, reach)) _mayUntil[each] = Math.Max(_mayUntil[each], until);
    }

    private IEnumerable<int> Reached(int blob, RootReach reach) => reach == RootReach.Directory ? [blob, .. samples[blob].Links] : [blob];
}
