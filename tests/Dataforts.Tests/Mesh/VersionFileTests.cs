using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Testing;

namespace Dataforts.Tests.Mesh;

public sealed class VersionFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, "node", "version");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_by_the_next_process_and_nothing_is_left_beside_it()
    {
        Assert.Equal(0UL, new VersionFile(Path).Read());
        var file = new VersionFile(Path);
        foreach (ulong version in (ulong[])[1, 7, ulong.MaxValue - 1]) file.Write(version);
        Assert.Equal(ulong.MaxValue - 1, new VersionFile(Path).Read());
        Assert.Single(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Fact]
    public void A_damaged_record_is_no_zero()
    {
        new VersionFile(Path).Write(7);
        byte[] bytes = File.ReadAllBytes(Path);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 1;
            File.WriteAllBytes(Path, damaged);
            Assert.Equal(ErrorKind.StoreDamaged, Assert.Throws<DatafortsException>(() => new VersionFile(Path).Read()).Kind);
        }
        File.WriteAllBytes(Path, bytes[..^1]);
        Assert.Throws<DatafortsException>(() => new VersionFile(Path).Read());
    }

    [Fact]
    public void A_node_whose_clock_was_set_back_is_believed_after_a_restart_of_its_process()
    {
        ulong before = Announce(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.True(Announce(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) > before);
    }

    [Fact]
    public void What_cannot_be_kept_is_not_said_until_it_can_be()
    {
        var time = new VirtualTime();
        List<Announcement> said = [];
        var versions = new Refusing();
        using var announcer = new Announcer(new NodeId(1), time, new AnnouncerOptions(), versions, said.Add);
        announcer.Start();
        announcer.Edit(offer => offer.With(["a"]), isUrgent: true);
        Assert.Empty(said);
        versions.Takes = true;
        time.Run(MeshLimits.DefaultAnnounceInterval);
        Assert.Equal(["a"], Assert.Single(said).Offer.Tags);
    }

    // A network of its own each time: nothing but the file outlives it.
    private ulong Announce(DateTimeOffset now)
    {
        var time = new VirtualTime(now);
        var network = new EmbeddedNetwork(new EmbeddedNetworkOptions { Time = time, Versions = id => new VersionFile($"{Path}-{id}") });
        EmbeddedMesh reader = network.Join(new NodeId(2));
        network.Join(new NodeId(1));
        time.Run(TimeSpan.FromSeconds(1));
        Assert.True(reader.Peers.TryFind(new NodeId(1), out Peer? peer));
        return peer.Announcement.Version;
    }

    private sealed class Refusing : IVersionRecord
    {
        public bool Takes { get; set; }

        public ulong Read() => 0;

        public void Write(ulong version)
        {
            if (!Takes) throw new DatafortsException(ErrorKind.Io, "no room");
        }
    }
}
