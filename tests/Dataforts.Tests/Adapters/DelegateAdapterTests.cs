using System.Runtime.InteropServices;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Adapters;

public sealed class DelegateAdapterTests
{
    private static readonly byte[] Content = Contents.Fresh(100);
    private static readonly SmallRef Blob = Contents.Small(Content);

    // Nothing waits as long; without it a release that never comes would be a test that never ends.
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Exception, ErrorKind> Failures => new()
    {
        { new KeyNotFoundException(), ErrorKind.BlobNotFound },
        { new FileNotFoundException(), ErrorKind.BlobNotFound },
        { new ArgumentException("x"), ErrorKind.InvalidRequest },
        { new FormatException(), ErrorKind.InvalidRequest },
        { new NotSupportedException(), ErrorKind.Unsupported },
        { new TimeoutException(), ErrorKind.Transient },
        { new OperationCanceledException(), ErrorKind.Transient },
        { new IOException(), ErrorKind.Io },
        { new UnauthorizedAccessException(), ErrorKind.ReadOnly },
        { new InvalidOperationException(), ErrorKind.AdapterFailed },
        { new DatafortsException(ErrorKind.NoSpace, "full"), ErrorKind.NoSpace },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task What_a_callback_throws_is_typed(Exception error, ErrorKind kind)
    {
        foreach (TimeSpan? budget in new TimeSpan?[] { null, TimeSpan.FromMinutes(1) })
        {
            var failing = new BlobCallbacks { Store = (_, _) => throw error, Fetch = (_, _, _) => ValueTask.FromException<OwnedBytes?>(error) };
            DelegateAdapter adapter = Make(failing, budget);
            await RefusedAsync(kind, () => StoreAsync(adapter));
            await RefusedAsync(kind, () => adapter.FetchAsync(Blob, null, Token).AsTask());
        }
    }

    [Fact]
    public async Task A_host_says_what_its_own_errors_mean()
    {
        DelegateAdapter adapter = Make(new BlobCallbacks
        {
            Store = (_, _) => throw new InvalidOperationException("quota"),
            Fetch = (_, _, _) => default,
            KindOf = error => error.Message == "quota" ? ErrorKind.NoSpace : null,
        });
        await RefusedAsync(ErrorKind.NoSpace, () => StoreAsync(adapter));
        await RefusedAsync(ErrorKind.BlobNotFound, () => adapter.FetchAsync(Blob, null, Token).AsTask());
    }

    [Fact]
    public async Task A_false_claim_never_reaches_the_host()
    {
        bool called = false;
        DelegateAdapter adapter = Make(new BlobCallbacks { Store = (_, _) => { called = true; return default; }, Fetch = (_, _, _) => default });
        await RefusedAsync(ErrorKind.ClaimMismatch, () => adapter.StoreAsync(Blob, Contents.Whole(new byte[100]), ClaimOptions.Default, Token).AsTask());
        Assert.False(called);
    }

    [Fact]
    public async Task A_hosts_buffer_is_handed_on_uncopied_and_released_once()
    {
        int released = 0;
        DelegateAdapter adapter = Make(Returning(() => OwnedBytes.Lend(Content, () => released++)));
        OwnedBytes bytes = await adapter.FetchAsync(Blob, null, Token);
        Assert.True(MemoryMarshal.TryGetArray(bytes.Bytes.First, out ArraySegment<byte> same));
        Assert.Same(Content, same.Array);
        Assert.Equal(0, released);
        bytes.Dispose();
        bytes.Dispose();
        Assert.Equal(1, released);
        Assert.Throws<ObjectDisposedException>(() => bytes.Bytes);
    }

    [Fact]
    public async Task A_buffer_of_the_wrong_length_is_released_and_refused()
    {
        int released = 0;
        DelegateAdapter adapter = Make(Returning(() => OwnedBytes.Lend(Content.AsMemory(1), () => released++)));
        await RefusedAsync(ErrorKind.ChunkLength, () => adapter.FetchAsync(Blob, null, Token).AsTask());
        Assert.Equal(1, released);
    }

    [Fact]
    public async Task A_call_over_its_budget_is_transient_and_what_comes_late_is_released()
    {
        var answer = new TaskCompletionSource<OwnedBytes?>();
        var started = new TaskCompletionSource<CancellationToken>();
        var released = new TaskCompletionSource();
        DelegateAdapter adapter = Make(
            new BlobCallbacks
            {
                Store = (_, _) => default,
                Fetch = async (_, _, token) =>
                {
                    started.SetResult(token);
                    return await answer.Task;
                },
            },
            TimeSpan.FromSeconds(30));
        Task<OwnedBytes> call = adapter.FetchAsync(Blob, null, Token).AsTask();
        CancellationToken told = await started.Task;
        var toldOf = new TaskCompletionSource();
        using CancellationTokenRegistration _ = told.Register(toldOf.SetResult);
        await AdvanceUntilAsync(call);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => call);
        Assert.True(error.IsTransient);
        await toldOf.Task.WaitAsync(Never, Token);
        answer.SetResult(OwnedBytes.Lend(Content, released.SetResult));
        await released.Task.WaitAsync(Never, Token);
    }

    [Fact]
    public async Task A_callback_that_blocks_before_it_waits_is_under_the_budget_too()
    {
        using var gate = new ManualResetEventSlim();
        var blocking = new BlobCallbacks
        {
            Store = (_, _) =>
            {
                gate.Wait(CancellationToken.None);
                return default;
            },
            Fetch = (_, _, _) => default,
        };
        DelegateAdapter adapter = Make(blocking, TimeSpan.FromSeconds(1));
        Task<bool> call = StoreAsync(adapter);
        await AdvanceUntilAsync(call);
        await RefusedAsync(ErrorKind.Transient, () => call);
        gate.Set();
    }

    [Fact]
    public async Task A_store_that_outlives_its_call_reads_a_buffer_of_its_own()
    {
        var content = (byte[])Content.Clone();
        var gate = new TaskCompletionSource();
        var stored = new TaskCompletionSource<byte[]>();
        DelegateAdapter adapter = Make(
            new BlobCallbacks
            {
                Store = async (verified, _) =>
                {
                    await gate.Task;
                    stored.SetResult(verified.Bytes.ToArray());
                },
                Fetch = (_, _, _) => default,
            },
            TimeSpan.FromSeconds(1));
        Task<bool> call = adapter.StoreAsync(Blob, Contents.Whole(content), ClaimOptions.Default, Token).AsTask();
        await AdvanceUntilAsync(call);
        await RefusedAsync(ErrorKind.Transient, () => call);
        Array.Clear(content);
        gate.SetResult();
        Assert.Equal(Content, await stored.Task.WaitAsync(Never, Token));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_let_go()
    {
        using var stop = new CancellationTokenSource();
        DelegateAdapter adapter = Make(
            new BlobCallbacks { Store = (_, _) => default, Fetch = async (_, _, _) => { await new TaskCompletionSource().Task; return null; } },
            TimeSpan.FromHours(1));
        Task<OwnedBytes> call = adapter.FetchAsync(Blob, null, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void Capabilities_are_those_of_the_callbacks()
    {
        Assert.Equal(AdapterCapabilities.Keeps, Make(Returning(() => null)).Capabilities);
        BlobCallbacks all = new HostDictionary().Waiting();
        Assert.True(Make(all).Capabilities.HasFlag(AdapterCapabilities.List | AdapterCapabilities.Delete | AdapterCapabilities.StatDetail));
        Assert.Throws<ArgumentException>(() => Make(all with { Also = AdapterCapabilities.Names }));
    }

    private static BlobCallbacks Returning(Func<OwnedBytes?> fetch) => new() { Store = (_, _) => default, Fetch = (_, _, _) => new(fetch()) };

    // The timer is set on another thread: the clock goes on until it has been.
    private async Task AdvanceUntilAsync(Task call)
    {
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
    }

    private static Task<bool> StoreAsync(DelegateAdapter adapter) =>
        adapter.StoreAsync(Blob, Contents.Whole(Content), ClaimOptions.Default, Token).AsTask();

    private DelegateAdapter Make(BlobCallbacks callbacks, TimeSpan? budget = null) =>
        new(callbacks, new DelegateOptions { Id = "host", CallBudget = budget, Time = _time });

    private static async Task RefusedAsync(ErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(call)).Kind);
}
