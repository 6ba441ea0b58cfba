using System.Text;
using Dataforts.Directories.Files;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Directories;

/// <summary>What both ways to a folder have to do alike: the calls of Linux, and what .NET has on every system.</summary>
public sealed class DiskFolderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_made_is_found(bool isPortable)
    {
        using var scratch = new ScratchFolder();
        using DiskFolder folder = DiskFolder.Open(scratch.Path, isPortable);
        folder.MakeFolder("é"u8, 0x1C0);
        using (DiskFile file = folder.CreateFile("é/f"u8, 0x1A0))
        {
            file.Write("con"u8);
            file.Write("tent"u8);
            file.SetTime(1_500_000_000_100_000_000);
        }
        folder.MakeLink("l"u8, "é/f"u8, isToFolder: false);
        Assert.ThrowsAny<IOException>(() => folder.CreateFile("é/f"u8, 0x1A0));
        Assert.ThrowsAny<IOException>(() => folder.MakeFolder("é"u8, 0x1C0));
        Assert.ThrowsAny<IOException>(() => folder.OpenFile("l"u8));
        Assert.Null(folder.TryStat("none"u8));
        Assert.Null(folder.TryStat("é/f/none"u8));
        Assert.Equal("é/f", Encoding.UTF8.GetString(folder.ReadLink("l"u8)));
        DiskNode node = folder.TryStat("é/f"u8)!.Value;
        Assert.Equal((DiskNodeKind.File, 7, 1_500_000_000_100_000_000), (node.Kind, node.SizeBytes, node.ModifiedAtNs));
        Assert.Equal((DiskNodeKind.Directory, DiskNodeKind.Symlink), (folder.TryStat("é"u8)!.Value.Kind, folder.TryStat("l"u8)!.Value.Kind));
        if (!OperatingSystem.IsWindows()) Assert.Equal((0x81A0u, 0x41C0u), (node.Mode, folder.TryStat("é"u8)!.Value.Mode));
        using (DiskFile file = folder.OpenFile("é/f"u8))
        {
            byte[] buffer = new byte[10];
            Assert.Equal((7, 3, 0), (file.Read(buffer, 0), file.Read(buffer, 4), file.Read(buffer, 7)));
            Assert.Equal(node with { ChangedAtNs = 0, Device = 0, Inode = 0 }, file.Stat() with { ChangedAtNs = 0, Device = 0, Inode = 0 });
        }
        var names = new NameList();
        folder.List(default, names);
        names.Sort();
        Assert.Equal(
            ["l Symlink", "é Directory"],
            Enumerable.Range(0, names.Count).Select(i => $"{Encoding.UTF8.GetString(names.NameAt(i))} {names.KindAt(i)}"));
        folder.Flush();
        folder.RemoveFile("l"u8);
        folder.RemoveFile("é/f"u8);
        folder.RemoveFolder("é"u8);
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void A_link_in_the_middle_of_a_path_is_not_gone_through()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux can be asked so");
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch["real"]);
        File.WriteAllText(scratch["real/f"], "content");
        File.CreateSymbolicLink(scratch["alias"], "real");
        using DiskFolder folder = DiskFolder.Open(scratch.Path);
        folder.OpenFile("real/f"u8).Dispose();
        IOException error = Assert.Throws<IOException>(() => folder.OpenFile("alias/f"u8));
        Assert.True(DiskFault.IsLink(error));
        Assert.Throws<IOException>(() => folder.OpenFile("../x"u8));
        Assert.Throws<IOException>(() => folder.List("alias"u8, new NameList()));
    }
}
