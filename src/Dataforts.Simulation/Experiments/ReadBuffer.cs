using System.Buffers;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>Takes what a read finds, and notes who gave it.</summary>
internal sealed class ReadBuffer : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Who gave it; null for the cache of the reader itself.</summary>
    public NodeId? Source { get; set; }

    /// <summary>Holders that did not have it or did not answer.</summary>
    public int Retries { get; set; }

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Advance(int count) => _bytes.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);
}
