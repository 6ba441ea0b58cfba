using Dataforts.Chunking;

namespace Dataforts.Workloads;

/// <summary>The ways of cutting that are measured, from the finest to the coarsest.</summary>
internal static class Profiles
{
    public static (string Name, ChunkingProfile Profile)[] All { get; set; } =
    [
        ("4/16/64 KiB", ChunkingProfile.Cdc(4 << 10, 16 << 10, 64 << 10)),
        ("8/32/128 KiB", ChunkingProfile.Cdc(8 << 10, 32 << 10, 128 << 10)),
        ("16/64/256 KiB", ChunkingProfile.Cdc(16 << 10, 64 << 10, 256 << 10)),
        ("1/4/16 MiB", ChunkingProfile.Production),
        ("fixed 4 MiB", ChunkingProfile.Fixed4MiB),
    ];
}
