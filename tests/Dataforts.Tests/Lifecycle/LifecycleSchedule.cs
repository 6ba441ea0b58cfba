using Dataforts.Content;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Lifecycle;

/// <summary>One random interleaving of puts, reads, names, expiry, collections, compactions and crashes, held against <see cref="KeepingModel"/>.</summary>
internal sealed class LifecycleSchedule(BlobSample[] samples, int seed, bool holdsPutsLate)
{
    private const int Steps = 28;

    private readonly Random _random = new(seed);
    private readonly List<string> _taken = [];
    private KeptStore _store = null!;
    private KeepingModel _model = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new LineLinks(), holdsPutsLate);
        _store = store;
        _model = new KeepingModel(samples, (long)store.Chunks.GracePeriod.TotalMilliseconds);
        try
        {
            for (int step = 0; step < Steps; step++) await TakeAsync();
            await CollectAsync(now: false);
            await CheckAllAsync();
            await _store.ReopenAsync();
            await CheckAllAsync();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"schedule {seed}: {string.Join("; ", _taken)}: {error.Message}", error);
        }
    }

    private async Task TakeAsync()
    {
        int blob = _random.Next(samples.Length), draw = _random.Next(100);
        Func<Task> step = draw switch
        {
            < 22 => () => PutAsync(blob),
            < 30 => () => PutAcrossAsync(blob),
            < 36 => () => ReadAcrossAsync(blob),
            < 50 => () => SetAsync(blob),
            < 62 => End,
            < 72 => Advance,
            < 86 => () => CollectAsync(now: _random.Next(3) == 0),
            < 91 => CompactAsync,
            < 94 => () => Say("crash", _store.CrashAsync()),
            < 96 => () => Say("reopen", _store.ReopenAsync()),
            < 97 => () => Say("dry", _store.CollectAsync(now: true, dry: true)),
            _ => CheckCountersAsync,
        };
        await step();
    }

    private async Task PutAsync(int blob)
    {
        await Say($"put {blob}", _store.PutAsync(samples[blob].Content, samples[blob].Options));
        _model.Put(blob);
    }

    // A collection comes when half of the content has gone in.
    private async Task PutAcrossAsync(int blob)
    {
        bool now = _random.Next(2) == 0;
        byte[] content = samples[blob].Content;
        _taken.Add($"put {blob} across gc {now}");
        var stream = new CollectingStream(content, content.Length / 2, () => CollectBesideAsync(now));
        BlobRef put = (await _store.Blobs.PutAsync(stream, samples[blob].Options, null, Cancel)).Ref;
        Assert.Equal(samples[blob].Ref, put);
        _model.Put(blob);
        await CheckAsync(blob);
    }

    private async Task ReadAcrossAsync(int blob)
    {
        if (!_model.Must(blob)) return;
        _taken.Add($"read {blob} across gc");
        await using Stream stream = await _store.Blobs.OpenReadAsync(samples[blob].Ref, Cancel);
        var head = new byte[Math.Min(10, samples[blob].Content.Length)];
        await stream.ReadExactlyAsync(head, Cancel);
        foreach (string root in _model.Roots.ToList()) EndRoot(root);
        await _store.CollectAsync(now: true);
        await CompactAsync();
        byte[] tail = await Payload.ReadAllAsync(stream);
        Assert.True(samples[blob].Content.AsSpan().SequenceEqual([.. head, .. tail]));
        // What had only time, and was not read, may be gone; what was read may still be there.
        _model.SkipGrace(isBeside: true);
        await stream.DisposeAsync();
        await CollectAsync(now: true);
    }

    private Task SetAsync(int blob)
    {
        // Nobody is to name what may be gone.
        if (!_model.Must(blob)) return Task.CompletedTask;
        RootReach reach = samples[blob].Links.Count > 0 && samples[blob].Links.All(_model.Must) && _random.Next(2) == 0 ? RootReach.Directory : RootReach.Blob;
        int kind = _random.Next(5);
        long after = _random.Next(3) == 0 || kind == 0 ? long.MaxValue : _random.Next(1, 48) * 3_600_000L;
        DateTimeOffset? until = after == long.MaxValue ? null : _store.Time.GetUtcNow().AddMilliseconds(after);
        string key = kind switch { 0 => $"pin {blob}", < 4 => $"name {_random.Next(4)}", _ => $"lease {_random.Next(3)}" };
        _taken.Add($"set {key} {blob} {reach} {until - _store.Time.GetUtcNow()}");
        if (kind == 0) _store.Chunks.Pin(samples[blob].Ref, reach);
        else if (kind < 4) _store.Chunks.SetName(key, samples[blob].Ref, until, reach: reach);
        else _store.Chunks.SetLease(key, samples[blob].Ref, until, reach);
        // A pin that is there keeps the larger reach of the two.
        if (kind != 0 || !_model.Roots.Contains(key) || reach == RootReach.Directory)
            _model.Set(key, blob, reach, after == long.MaxValue ? after : _model.Now + after);
        return Task.CompletedTask;
    }

    private Task End()
    {
        string[] roots = [.. _model.Roots];
        if (roots.Length > 0) EndRoot(roots[_random.Next(roots.Length)]);
        return Task.CompletedTask;
    }

    private void EndRoot(string key)
    {
        _taken.Add($"end {key}");
        _model.End(key);
        string[] words = key.Split(' ');
        Assert.True(words[0] switch
        {
            "pin" => _store.Chunks.Unpin(samples[int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)].Ref),
            "name" => _store.Chunks.RemoveName(key),
            _ => _store.Chunks.ReleaseLease(key),
        });
    }

    private Task Advance()
    {
        long ms = _random.Next(1, 30) * 3_600_000L;
        _taken.Add($"advance {ms / 3_600_000} h");
        _store.Time.Advance(TimeSpan.FromMilliseconds(ms));
        _model.Advance(ms);
        return Task.CompletedTask;
    }

    private async Task CollectAsync(bool now)
    {
        await CollectBesideAsync(now);
        if (now) _model.SkipGrace(isBeside: false);
        CheckGarbage();
    }

    // While something is being put or read, that is there too.
    private async Task CollectBesideAsync(bool now)
    {
        await Say($"gc {now}", _store.CollectAsync(now));
        if (now) _model.SkipGrace(isBeside: true);
        await CheckAllAsync();
    }

    private Task CompactAsync() =>
        Say("compact", _store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.05 + (_random.NextDouble() * 0.5) }, null, Cancel));

    private Task Say(string what, Task deed)
    {
        _taken.Add(what);
        return deed;
    }

    // What is kept count of is what a count from nothing finds.
    private async Task CheckCountersAsync()
    {
        LifecycleCounters kept = await _store.Collector.SettleAsync(Cancel);
        await _store.Collector.DisposeAsync();
        _store.Renew();
        LifecycleCounters counted = await _store.Collector.SettleAsync(Cancel);
        Assert.Equal(counted, kept);
    }

    private async Task CheckAllAsync()
    {
        for (int blob = 0; blob < samples.Length; blob++)
        {
            if (_model.Must(blob)) await CheckAsync(blob);
        }
    }

    private async Task CheckAsync(int blob)
    {
        await _store.AssertHoldsAsync(samples[blob].Ref, samples[blob].Content);
        foreach (BlobHash hash in samples[blob].Needs) Assert.True(_store.Chunks.Contains(hash), $"blob {blob} lacks {hash}");
    }

    // Nothing is there that no blob may still need.
    private void CheckGarbage()
    {
        HashSet<BlobHash> allowed = [.. Enumerable.Range(0, samples.Length).Where(_model.May).SelectMany(blob => samples[blob].Needs)];
        foreach ((BlobHash hash, _) in _store.Chunks.Enumerate()) Assert.True(allowed.Contains(hash), $"{hash} is kept past its grace");
    }
}
