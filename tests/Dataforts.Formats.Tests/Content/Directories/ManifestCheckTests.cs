using Dataforts.Content.Directories;

namespace Dataforts.Formats.Tests.Content.Directories;

/// <summary>What is refused, and by which name. Everything here is judged from the text alone.</summary>
public sealed class ManifestCheckTests
{
    [Theory]
    [InlineData("", EntryFault.EmptyName)]
    [InlineData("/abs", EntryFault.Absolute)]
    [InlineData("../escape.txt", EntryFault.DotName)]
    [InlineData("a/../b", EntryFault.DotName)]
    [InlineData("./a", EntryFault.DotName)]
    [InlineData("a/.", EntryFault.DotName)]
    [InlineData("a//b", EntryFault.EmptyName)]
    [InlineData("a/", EntryFault.EmptyName)]
    [InlineData("a\0b", EntryFault.ControlCharacter)]
    [InlineData("a\nb", EntryFault.ControlCharacter)]
    [InlineData("a\u001b[2J", EntryFault.ControlCharacter)]
    [InlineData("a\u007f", EntryFault.ControlCharacter)]
    [InlineData("a\u0085b", EntryFault.ControlCharacter)]
    [InlineData("C:/windows", EntryFault.ForbiddenCharacter)]
    [InlineData("c:x", EntryFault.ForbiddenCharacter)]
    [InlineData("file:stream", EntryFault.ForbiddenCharacter)]
    [InlineData("..\\x", EntryFault.ForbiddenCharacter)]
    [InlineData("\\\\server\\share", EntryFault.ForbiddenCharacter)]
    [InlineData("CON", EntryFault.DeviceName)]
    [InlineData("sub/nul.txt", EntryFault.DeviceName)]
    [InlineData("aux .c", EntryFault.DeviceName)]
    [InlineData("com1.tar.gz/x", EntryFault.DeviceName)]
    [InlineData("LPT9", EntryFault.DeviceName)]
    [InlineData("lpt²", EntryFault.DeviceName)]
    [InlineData("conin$", EntryFault.DeviceName)]
    [InlineData("a./b", EntryFault.TrailingDotOrSpace)]
    [InlineData("a ", EntryFault.TrailingDotOrSpace)]
    [InlineData("...", EntryFault.TrailingDotOrSpace)]
    public void A_path_that_is_unsafe_anywhere_is_refused_everywhere(string path, EntryFault fault)
    {
        Assert.Equal(fault, FaultOf(DirectoryEntry.Folder(path)));
        Assert.Equal(fault, FaultOf(DirectoryEntry.File(path, Manifests.Ref)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("..a/b..c")]
    [InlineData("console/common1/lpt10")]
    [InlineData("com/lpt/nul1")]
    [InlineData(".hidden")]
    [InlineData("données/é/日本語/🎉")]
    [InlineData("what? *that* <this> |\"pipe")]
    public void A_plain_path_is_taken(string path) => Assert.Null(FaultOf(DirectoryEntry.Folder(path)));

    [Fact]
    public void Too_long_and_too_deep_are_refused()
    {
        Assert.Null(FaultOf(DirectoryEntry.Folder(new string('a', 255))));
        Assert.Equal(EntryFault.NameTooLong, FaultOf(DirectoryEntry.Folder(new string('a', 256))));
        Assert.Equal(EntryFault.NameTooLong, FaultOf(DirectoryEntry.Folder(string.Join('/', Enumerable.Repeat(new string('a', 100), 50)))));
        Assert.Equal(EntryFault.TooDeep, FaultOf(DirectoryEntry.Folder(string.Join('/', Enumerable.Repeat("a", 257)))));
        var limits = new DirectoryLimits { MaxEntries = 2, MaxDepth = 3, MaxTotalBytes = 13 };
        Assert.Equal(EntryFault.TooManyEntries, FaultOf(limits, Folder("a"), Folder("b"), Folder("c")));
        Assert.Equal(EntryFault.TooDeep, FaultOf(limits, Folder("a/b/c/d")));
        Assert.Equal(EntryFault.TooManyBytes, FaultOf(limits, File("a"), File("b")));
    }

    [Fact]
    public void Names_that_are_one_somewhere_collide()
    {
        Assert.Equal(EntryFault.Duplicate, FaultOf(File("a"), File("a")));
        Assert.Equal(EntryFault.Duplicate, FaultOf(Folder("a"), Folder("a")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("README"), File("readme")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("A/x"), File("a/y")));
        Assert.Equal(EntryFault.Collision, FaultOf(Folder("a"), File("A/y")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("caf\u00e9"), File("cafe\u0301")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("CAF\u00c9"), File("cafe\u0301")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("Stra\u00dfe"), File("STRASSE")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("a\u200cb"), File("ab")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("\uac00"), File("\u1100\u1161")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("\u212aelvin"), File("kelvin")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("q\u0307\u0323"), File("q\u0323\u0307")));
        Assert.Null(FaultOf(File("caf\u00e9"), File("cafe"), File("caf\u00e8")));
    }

    [Fact]
    public void Nothing_is_below_what_is_no_directory()
    {
        Assert.Equal(EntryFault.BelowFile, FaultOf(File("a"), File("a/b")));
        Assert.Equal(EntryFault.BelowFile, FaultOf(File("a/b"), File("a")));
        Assert.Equal(EntryFault.BelowSymlink, FaultOf(Link("a", "b"), File("a/c")));
        Assert.Equal(EntryFault.BelowSymlink, FaultOf(File("a/c"), Link("a", "b")));
        Assert.Equal(EntryFault.BelowSymlink, FaultOf(Link("a", "b"), Link("a/c/d", "e")));
        Assert.Equal(EntryFault.Collision, FaultOf(File("A/c"), Link("a", "b")));
        Assert.Null(FaultOf(File("a/b/c"), Folder("a"), Folder("a/b")));
    }

    [Theory]
    [InlineData("sub/link", "../other/f")]
    [InlineData("a/b/link", "../../c")]
    [InlineData("link", "./peer")]
    [InlineData("link", "a//b/./c")]
    [InlineData("sub/link", "..")]
    [InlineData("a/l", "b/../../x/")]
    public void A_link_inside_the_tree_is_taken(string path, string target) => Assert.Null(FaultOf(Link(path, target)));

    [Theory]
    [InlineData("link", "/etc/passwd", EntryFault.Absolute)]
    [InlineData("link", "C:\\x", EntryFault.Absolute)]
    [InlineData("link", "c:", EntryFault.Absolute)]
    [InlineData("link", "\\\\server\\share", EntryFault.ForbiddenCharacter)]
    [InlineData("link", "..\\..\\x", EntryFault.ForbiddenCharacter)]
    [InlineData("link", "", EntryFault.EmptyName)]
    [InlineData("link", "a\0b", EntryFault.ControlCharacter)]
    [InlineData("link", "sub/NUL", EntryFault.DeviceName)]
    [InlineData("link", "../etc", EntryFault.LinkLeavesTree)]
    [InlineData("a/b/link", "../../../../etc", EntryFault.LinkLeavesTree)]
    [InlineData("link", "../../a/b", EntryFault.LinkLeavesTree)]
    [InlineData("link", "x/../../tree/y", EntryFault.LinkLeavesTree)]
    [InlineData("a/link", "./../..", EntryFault.LinkLeavesTree)]
    public void A_link_out_of_the_tree_is_refused(string path, string target, EntryFault fault) => Assert.Equal(fault, FaultOf(Link(path, target)));

    [Fact]
    public void A_link_may_end_at_a_link_but_not_lead_through_one()
    {
        Assert.Null(FaultOf(Link("a", "b"), Link("c", "a")));
        Assert.Equal(EntryFault.LinkThroughLink, FaultOf(Link("a", "."), Link("b", "a/x/../../etc")));
        Assert.Equal(EntryFault.LinkThroughLink, FaultOf(Link("b", "a/x"), Link("a", "sub")));
        Assert.Equal(EntryFault.LinkThroughLink, FaultOf(Link("a", "x"), Link("sub/b", "../A/../y")));
        Assert.Equal(EntryFault.LinkThroughLink, FaultOf(Link("caf\u00e9", "x"), Link("b", "cafe\u0301/y")));
        Assert.Equal(EntryFault.LinkThroughLink, FaultOf(Link("a", "x"), Link("b", "a/.")));
    }

    [Fact]
    public void The_rules_of_Unix_take_letters_for_letters_and_still_let_nothing_out()
    {
        Assert.Null(FaultOf(EntryRules.Unix, File("README"), File("readme"), File("a:b\\c"), File("nul"), File("x. ")));
        Assert.Null(FaultOf(EntryRules.Unix, DirectoryEntry.File(new byte[] { 0xFF }, Manifests.Ref)));
        Assert.Equal(EntryFault.DotName, FaultOf(EntryRules.Unix, File("../x")));
        Assert.Equal(EntryFault.Absolute, FaultOf(EntryRules.Unix, File("/x")));
        Assert.Equal(EntryFault.ControlCharacter, FaultOf(EntryRules.Unix, File("a\nb")));
        Assert.Equal(EntryFault.Duplicate, FaultOf(EntryRules.Unix, File("a"), File("a")));
        Assert.Equal(EntryFault.BelowSymlink, FaultOf(EntryRules.Unix, Link("a", "b"), File("a/c")));
        Assert.Equal(EntryFault.LinkLeavesTree, FaultOf(EntryRules.Unix, Link("a", "../b")));
        Assert.Equal(EntryFault.LinkThroughLink, FaultOf(EntryRules.Unix, Link("a", "x"), Link("b", "A/../y")));
    }

    [Fact]
    public void Every_fault_of_an_entry_names_it()
    {
        var check = new ManifestCheck();
        DirectoryFormatException error = Assert.Throws<DirectoryFormatException>(() => check.Add(File("sub/nul")));
        Assert.Equal("sub/nul", error.Entry);
        Assert.Contains("'sub/nul'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_many_entries_finds_the_one_that_is_twice()
    {
        var check = new ManifestCheck();
        for (int i = 0; i < 100_000; i++) check.Add(Folder($"folder-{i % 100}/{i}"));
        Assert.Equal(100_000, check.Totals.Directories);
        Assert.Equal(EntryFault.Duplicate, Assert.Throws<DirectoryFormatException>(() => check.Add(Folder("folder-77/54377"))).Fault);
        Assert.Equal(EntryKind.Directory, check.KindAt("folder-3"u8));
        Assert.Null(check.KindAt("folder-3/4"u8));
    }

    private static DirectoryEntry File(string path) => DirectoryEntry.File(path, Manifests.Ref);

    private static DirectoryEntry Folder(string path) => DirectoryEntry.Folder(path);

    private static DirectoryEntry Link(string path, string target) => DirectoryEntry.Symlink(path, target);

    private static EntryFault? FaultOf(params DirectoryEntry[] entries) => FaultOf(new DirectoryLimits(), EntryRules.Portable, entries);

    private static EntryFault? FaultOf(EntryRules rules, params DirectoryEntry[] entries) => FaultOf(new DirectoryLimits(), rules, entries);

    private static EntryFault? FaultOf(DirectoryLimits limits, params DirectoryEntry[] entries) => FaultOf(limits, EntryRules.Portable, entries);

    private static EntryFault? FaultOf(DirectoryLimits limits, EntryRules rules, DirectoryEntry[] entries)
    {
        var check = new ManifestCheck(rules, limits);
        try
        {
            foreach (DirectoryEntry entry in entries) check.Add(entry);
            foreach (DirectoryEntry entry in entries) check.CheckLink(entry);
            return null;
        }
        catch (DirectoryFormatException error)
        {
            return error.Fault;
        }
    }
}
