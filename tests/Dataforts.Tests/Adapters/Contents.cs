using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Adapters;

/// <summary>Content nobody has seen before, and the refs that are true of it.</summary>
internal static class Contents
{
    /// <summary>Chunks so small that little content makes a tree of several levels.</summary>
    public static readonly ChunkingProfile Profile = ChunkingProfile.Fixed(64);

    public static byte[] Fresh(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    public static SmallRef Small(byte[] content, string scheme = "mesh") =>
        new($"{scheme}:x", BlobHash.Compute(content), (ulong)content.Length);

    /// <summary>A ref of each kind for the same content, and what a claim of it needs.</summary>
    public static async Task<(BlobRef Ref, ClaimOptions Claim, MemoryChunks Chunks)> OfAsync(BlobRefKind kind, byte[] content, bool byNodes = false)
    {
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks).PutAsync(new MemoryStream(content), new PutOptions
        {
            Shape = Enum.Parse<BlobShape>(kind.ToString()),
            Profile = kind == BlobRefKind.Tree ? Profile : null,
        });
        return (put.Ref, byNodes ? new ClaimOptions { Nodes = chunks } : new ClaimOptions { Profile = Profile }, chunks);
    }

    public static ReadOnlySequence<byte> Whole(byte[] content) => new(content);

    /// <summary>The same bytes in pieces of three.</summary>
    public static ReadOnlySequence<byte> InPieces(byte[] content)
    {
        var first = new Piece(content.AsMemory(0, Math.Min(3, content.Length)), null);
        Piece last = first;
        for (int at = 3; at < content.Length; at += 3) last = new Piece(content.AsMemory(at, Math.Min(3, content.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
