using System.Globalization;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Lifecycle;
using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>How full, fragmented and well a store is, what is in quarantine, and what its workers do.</summary>
internal sealed record StoreOutlook(StoreCondition Condition, int Quarantined, IReadOnlyList<WorkerStatus> Workers)
{
    public static StoreOutlook Of(BlobStore store) =>
        new(store.Chunks.Condition, store.Chunks.ListQuarantine().Count, WorkerSession.DeskOf(store).List());

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteString("state"u8, Condition.ReadOnlyReason is null ? "writable" : "readOnly");
        json.WriteString("readOnlyReason"u8, Condition.ReadOnlyReason);
        WriteBytes(json, "capacityBytes", Condition.CapacityBytes);
        WriteBytes(json, "freeBytes", Condition.FreeBytes);
        WriteBytes(json, "reserveBytes", Condition.ReserveBytes);
        WriteBytes(json, "roomBytes", Condition.RoomBytes == long.MaxValue ? null : Condition.RoomBytes);
        json.WriteNumber("fullness"u8, Math.Round(Condition.Fullness, 6));
        json.WriteBoolean("aboveHighWater"u8, Condition.IsAboveHighWater);
        json.WriteNumber("garbageRatio"u8, Math.Round(Condition.GarbageRatio, 6));
        json.WriteNumber("worstSegmentGarbageRatio"u8, Math.Round(Condition.WorstGarbageRatio, 6));
        if (Condition.OldestGarbageAt is { } since) json.WriteString("oldestGarbageAt"u8, TimeText.Of(since));
        else json.WriteNull("oldestGarbageAt"u8);
        json.WriteNumber("quarantined"u8, Quarantined);
        json.WriteStartArray("workers"u8);
        foreach (WorkerStatus worker in Workers)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, worker.Name);
            json.WriteString("state"u8, StateOf(worker));
            json.WriteString("lastError"u8, worker.LastError);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public void WriteText(ResultWriter results)
    {
        string capacity = Condition.CapacityBytes is { } limit ? $" of the {limit} bytes it may take" : "";
        string warning = Condition.IsAboveHighWater ? ", ABOVE HIGH WATER" : "";
        results.Line(string.Create(CultureInfo.InvariantCulture, $"full      {Condition.Fullness:P1}{capacity}{warning}"));
        if (Condition.FreeBytes is { } free) results.Line($"free      {free} bytes on its disk, of which {Condition.ReserveBytes} stay free");
        string age = Condition.OldestGarbageAt is { } since ? $", the oldest of {TimeText.Of(since)}" : "";
        results.Line(string.Create(CultureInfo.InvariantCulture,
            $"waste     {Condition.GarbageRatio:P1} of its records, {Condition.WorstGarbageRatio:P1} of the worst segment's{age}"));
        if (Quarantined > 0) results.Line($"wrong     {Quarantined} chunks in quarantine");
        results.Line(Condition.ReadOnlyReason is { } why ? $"state     READ-ONLY: {Display.Escape(why)}" : "state     writable");
        foreach (WorkerStatus worker in Workers)
            results.Line($"worker    {worker.Name}: {StateOf(worker)}{(worker.LastError is { } error ? $", {Display.Escape(error)}" : "")}");
    }

    private static string StateOf(WorkerStatus worker) => worker.State.ToString().ToLowerInvariant();

    private static void WriteBytes(Utf8JsonWriter json, string key, long? bytes)
    {
        if (bytes is { } count) json.WriteUInt64(System.Text.Encoding.UTF8.GetBytes(key), (ulong)count);
        else json.WriteNull(key);
    }
}
