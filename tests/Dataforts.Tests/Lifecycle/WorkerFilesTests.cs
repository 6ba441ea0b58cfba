using Dataforts.Blobs;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>What is kept of workers survives, and is never believed when it is damaged.</summary>
public sealed class WorkerFilesTests : IDisposable
{
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch.AddYears(60);

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static WorkerFilesRecord[] Records =>
    [
        new(null, null, 0, 0, null, "", null, false, false),
        new(Then, Then.AddHours(1), 7, 3, new WorkProgress(5, 9), "0123456789abcdef", "Io: the disk is \"gone\" \u2620", true, true),
        new(Then, null, long.MaxValue, int.MaxValue, new WorkProgress(long.MaxValue, null), new string('c', 1024), new string('e', 5000), false, true),
    ];

    [Fact]
    public async Task What_is_kept_is_read_again()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(_folder["store"], writable: true);
        var files = new WorkerFiles(store);
        foreach (WorkerFilesRecord record in Records)
        {
            files.Save("scrub", record.ToRecord());
            WorkerRecord read = files.LoadRecord("scrub", out string? damage);
            Assert.Null(damage);
            Assert.Equal(record, WorkerFilesRecord.Of(read));
        }
        foreach (WorkerControl control in (WorkerControl[])[WorkerControl.Default, new(true, null), new(false, 1), new(true, long.MaxValue)])
        {
            files.Save("scrub", control);
            Assert.Equal(control, files.LoadControl("scrub", out _));
        }
        Assert.Same(WorkerRecord.Default, files.LoadRecord("compact", out _));
        Assert.Same(WorkerControl.Default, files.LoadControl("compact", out _));
    }

    [Fact]
    public async Task Any_damage_is_told_and_what_is_damaged_counts_for_nothing()
    {
        await using BlobStore blobs = await BlobStore.OpenAsync(SampleStore.OptionsOf(_folder["store"]), TestContext.Current.CancellationToken);
        ChunkStore store = blobs.Chunks;
        var files = new WorkerFiles(store);
        files.Save("scrub", Records[1].ToRecord());
        files.Save("scrub", new WorkerControl(true, 1000));
        foreach (string path in Directory.GetFiles(Path.Combine(store.Path, WorkerFiles.FolderName)))
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int at = 0; at < whole.Length; at++)
            {
                byte[] bytes = [.. whole];
                bytes[at] ^= (byte)(1 << (at % 8));
                foreach (byte[] content in (byte[][])[bytes, whole[..at], [.. whole, .. bytes[..at], 0]])
                {
                    File.WriteAllBytes(path, content);
                    string? damage;
                    if (path.EndsWith(WorkerControl.Extension, StringComparison.Ordinal))
                        Assert.Same(WorkerControl.Default, files.LoadControl("scrub", out damage));
                    else Assert.Same(WorkerRecord.Default, files.LoadRecord("scrub", out damage));
                    Assert.StartsWith(path, damage, StringComparison.Ordinal);
                }
            }
            File.WriteAllBytes(path, new byte[10_000_000]);
            _ = files.LoadRecord("scrub", out string? tooLong);
            _ = files.LoadControl("scrub", out string? tooLongToo);
            Assert.NotNull(tooLong ?? tooLongToo);
        }
        Assert.All(new WorkerDesk(store, StoreWorkers.Of(blobs)).List(), worker => Assert.Equal(worker.Name == "scrub", worker.LastError is not null));
    }

    [Fact]
    public async Task Files_of_another_store_are_not_taken_for_this_one_s()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(_folder["store"], writable: true);
        await using ChunkStore other = await SampleStore.OpenAsync(_folder["other"], writable: true);
        new WorkerFiles(store).Save("scrub", new WorkerControl(true, null));
        ScratchFolder.Copy(Path.Combine(store.Path, WorkerFiles.FolderName), Path.Combine(other.Path, WorkerFiles.FolderName));
        Assert.Same(WorkerControl.Default, new WorkerFiles(other).LoadControl("scrub", out string? damage));
        Assert.NotNull(damage);
    }

    [Fact]
    public void No_body_makes_a_decoder_do_anything_but_answer()
    {
        Random random = TestSeed.For(nameof(WorkerFilesTests));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = new byte[random.Next(200)];
            random.NextBytes(body);
            if (i % 2 == 0 && body.Length > 64) body.AsSpan(0, 64).Clear();
            _ = WorkerControl.Decode(body);
            if (WorkerRecord.Decode(body) is { } record) Assert.Equal(body.Length, record.Encode().Length);
        }
    }

    /// <summary>A record in parts that compare by value.</summary>
    public sealed record WorkerFilesRecord(
        DateTimeOffset? Began, DateTimeOffset? Ended, long Runs, int Failures, WorkProgress? Progress, string Cursor, string? Error,
        bool IsRunning, bool IsInterrupted)
    {
        internal WorkerRecord ToRecord() => new()
        {
            BeganAt = Began,
            EndedAt = Ended,
            Runs = Runs,
            Failures = Failures,
            Progress = Progress,
            Cursor = System.Text.Encoding.ASCII.GetBytes(Cursor),
            LastError = Error,
            IsRunning = IsRunning,
            IsInterrupted = IsInterrupted,
        };

        internal static WorkerFilesRecord Of(WorkerRecord r) => new(
            r.BeganAt, r.EndedAt, r.Runs, r.Failures, r.Progress, System.Text.Encoding.ASCII.GetString(r.Cursor.Span),
            r.LastError is { Length: WorkerRecord.MaxErrorBytes } cut ? cut.PadRight(5000, 'e') : r.LastError, r.IsRunning, r.IsInterrupted);
    }
}
