using CsCheck;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;
using Dataforts.Tests.Devices;

namespace Dataforts.Tests.Store.Events;

/// <summary>Whatever is done to channels in whatever order, they hold what a list would.</summary>
public sealed class EventModelTests
{
    private static readonly Gen<(int Deed, int Channel, int Size)> Step = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 3], Gen.Int[0, 400]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task Channels_hold_what_a_list_would() => CheckAsync(iterations: 20, steps: 150);

    [Fact]
    [Slow]
    public Task Channels_hold_what_a_list_would_for_longer() => CheckAsync(iterations: 400, steps: 400);

    private static Task CheckAsync(int iterations, int steps) =>
        Step.List[steps / 2, steps].SampleAsync(RunAsync, iter: iterations, threads: 1, seed: null);

    private static async Task RunAsync(List<(int Deed, int Channel, int Size)> steps)
    {
        using var folder = new ScratchFolder();
        await using var life = new Life(folder["store"]);
        await life.OpenAsync();
        foreach ((int deed, int channel, int size) in steps) await life.DoAsync(deed, channel, size);
        await life.ReopenAsync();
        life.Check();
    }

    private sealed class Life(string path) : IAsyncDisposable
    {
        private static readonly EventRetention[] Limits =
            [EventRetention.Everything, new() { MaxCount = 50 }, new() { MaxBytes = 4000 }, new() { MaxCount = 300, MaxBytes = 40_000 }];

        private readonly FaultyDevice _device = new(StorageDevice.System);
        private readonly List<byte[]>[] _events = [[], [], [], []];
        private readonly ulong[] _first = new ulong[4];
        private readonly EventRetention[] _limits = [.. Limits];
        private ChunkStore? _store;
        private int _made;

        public async Task OpenAsync() => _store = await SampleStore.OpenAsync(
            SampleStore.OptionsOf(path) with { Device = _device, MinHintedBytes = 4096, MaxRefusals = null, ChannelIdOf = name => name[0] < 'c' ? 7UL : 9UL });

        public async Task ReopenAsync()
        {
            await _store!.DisposeAsync();
            await OpenAsync();
        }

        public async Task DoAsync(int deed, int index, int size)
        {
            switch (deed)
            {
                case < 45:
                    Append(index, 1, size);
                    break;
                case < 70:
                    Append(index, 1 + (size % 40), size);
                    break;
                case < 75:
                    Append(index, 200, 300);
                    break;
                case < 80:
                    _first[index] = Math.Max(_first[index], ((ulong)size * (ulong)_events[index].Count) / 300);
                    _first[index] = Math.Min(_first[index], (ulong)_events[index].Count);
                    Assert.Equal(_first[index], Channel(index).Trim(_first[index]));
                    break;
                case < 83:
                    _limits[index] = Limits[size % Limits.Length];
                    Channel(index).SetRetention(_limits[index]);
                    Retain(index);
                    break;
                case < 87:
                    await _store!.CompactAsync(new CompactionOptions { MinGarbageRatio = (size + 1) / 500.0 }, cancellationToken: Cancel);
                    break;
                case < 91:
                    await _store!.FlushAsync(Cancel);
                    break;
                case < 93:
                    // The device refuses a flush: what was to be flushed is written anew.
                    _device.Fault = new Fault(DeviceDeed.FlushData, 0, Fault.Io);
                    try { await _store!.FlushAsync(Cancel); }
                    catch (DatafortsException) { /* told */ }
                    _device.Fault = null;
                    break;
                case < 97:
                    await ReopenAsync();
                    break;
                default:
                    await DieAsync();
                    break;
            }
            if (deed >= 75) Check();
        }

        // What a killed writer leaves.
        private async Task DieAsync()
        {
            ScratchFolder.Copy(path, path + "-dead");
            await _store!.DisposeAsync();
            ScratchFolder.Copy(path + "-dead", path);
            await OpenAsync();
        }

        private StoredChannel Channel(int index) => _store!.Events.OpenOrCreate("abcd"[index..], _limits[index]);

        private void Append(int index, int count, int size)
        {
            byte[][] payloads = [.. Enumerable.Range(0, count).Select(i => SpecRandom.Bytes((ulong)_made++, size % 3 == 0 ? size : (size + (i * 13)) % 300))];
            Assert.True(count == 1
                ? Channel(index).TryAppend(payloads[0], isRef: false, (ulong)_events[index].Count, out ulong first)
                : Channel(index).TryAppend([.. payloads.Select(payload => new NewEvent(payload))], (ulong)_events[index].Count, out first));
            Assert.Equal((ulong)_events[index].Count, first);
            _events[index].AddRange(payloads);
            Retain(index);
        }

        private void Retain(int index)
        {
            List<byte[]> events = _events[index];
            if (_limits[index].MaxCount is { } count) _first[index] = Math.Max(_first[index], (ulong)Math.Max(0, events.Count - count));
            if (_limits[index].MaxBytes is not { } most) return;
            long bytes = events.Skip((int)_first[index]).Sum(Counted);
            for (; bytes > most && _first[index] + 1 < (ulong)events.Count; _first[index]++) bytes -= Counted(events[(int)_first[index]]);

            static long Counted(byte[] one) => one.Length + EventLimits.EventOverheadBytes;
        }

        public void Check()
        {
            for (int i = 0; i < _events.Length; i++)
            {
                byte[][] left = [.. _events[i].Skip((int)_first[i])];
                EventLogTests.AssertHolds(Channel(i), _first[i], left);
                Assert.Equal(left.Sum(one => (long)one.Length), Channel(i).Bytes);
            }
            Assert.True(_store!.FindDamagedFiles(Cancel) is [], string.Join('\n', _store.FindDamagedFiles(Cancel).Concat(_store.DescribeDamage())));
        }

        public async ValueTask DisposeAsync() => await _store!.DisposeAsync();
    }
}
