using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using Dataforts.Log;

namespace Dataforts.Tests.Promises;

/// <summary>Where the library asks for a flush, read from its compiled code.</summary>
internal static class FlushCalls
{
    private const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Type?[] Own = [typeof(SystemFile), typeof(SystemDevice), typeof(SegmentFile), typeof(StableStorage)];

    /// <summary>Each call, as the method it is in and what it calls; those by which one way of flushing is made of another are left out.</summary>
    public static List<string> Find()
    {
        Assembly library = typeof(StorageDevice).Assembly;
        MethodInfo[] flushes =
        [
            typeof(StorageFile).GetMethod(nameof(StorageFile.FlushData))!,
            typeof(SegmentFile).GetMethod(nameof(SegmentFile.FlushData))!,
            typeof(StorageDevice).GetMethod(nameof(StorageDevice.FlushFolder))!,
            typeof(StableStorage).GetMethod(nameof(StableStorage.FlushData))!,
            typeof(StableStorage).GetMethod(nameof(StableStorage.FlushFolder))!,
        ];
        var found = new List<string>();
        // What adapters keep elsewhere, and trees that are fetched to somewhere, are no part of a store.
        foreach (Type type in library.GetTypes().Where(type => !Own.Contains(type) && !Own.Contains(type.DeclaringType)
            && type.Namespace?.StartsWith("Dataforts.Blobs.Adapters", StringComparison.Ordinal) != true
            && type.Namespace?.StartsWith("Dataforts.Directories", StringComparison.Ordinal) != true))
        {
            foreach (MethodBase method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
                found.AddRange(CallsOf(method).Where(flushes.Contains).Select(call => $"{OuterName(type, method)}: {call.Name}"));
        }
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static IEnumerable<MethodBase> CallsOf(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i + 5 <= code.Length; i++)
        {
            // Bytes that look like a call and are none lead to no method of ours, or to none at all.
            if (code[i] != OpCodes.Call.Value && code[i] != OpCodes.Callvirt.Value) continue;
            int token = BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(i + 1));
            if (token >> 24 == 0x06 && (token & 0xFFFFFF) is > 0 and int row && row <= MethodCount(method.Module))
                yield return method.Module.ResolveMethod(token)!;
        }
    }

    private static int MethodCount(Module module) => _methods ??= module.GetTypes()
        .SelectMany(type => type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All))).Max(method => method.MetadataToken & 0xFFFFFF);

    private static int? _methods;

    // A lambda or an asynchronous method is compiled to a type of its own, inside the one it was written in.
    private static string OuterName(Type type, MethodBase method) => type.IsNested && type.Name.Contains('<')
        ? $"{type.DeclaringType!.Name}.{type.Name[(type.Name.IndexOf('<') + 1)..type.Name.IndexOf('>')]}"
        : $"{type.Name}.{method.Name}";
}
