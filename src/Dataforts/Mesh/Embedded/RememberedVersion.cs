namespace Dataforts.Mesh.Embedded;

/// <summary>The version of a node's last announcement, kept by the network while the node is away.</summary>
internal sealed class RememberedVersion : IVersionRecord
{
    private ulong _version;

    public ulong Read() => _version;

    public void Write(ulong version) => _version = version;
}
