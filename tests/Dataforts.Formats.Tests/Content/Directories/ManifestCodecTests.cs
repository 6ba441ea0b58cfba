using CsCheck;
using Dataforts.Content;
using Dataforts.Content.Directories;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Content.Directories;

public sealed class ManifestCodecTests
{
    // Written by hand from the description of the format: version 1, two entries, a directory and a file with a Small ref, 107 bytes.
    private const string SharedVector =
        "0104" + "0161" + "01" + "ed8301" + "0361" + "2f78" + "00" + "a48302" + "2d" + "b0b1b2b301"
        + "0000000000000000000000000000000000000000000000000000000000000000" + "0000000000000000"
        + "0361" + "2f79" + "02" + "01" + "78" + "01" + "62" + "01" + "00";

    [Fact]
    public async Task The_shared_form_has_the_bytes_that_its_description_asks_for()
    {
        DirectoryEntry[] entries =
        [
            DirectoryEntry.Folder("a", 0x41ED),
            DirectoryEntry.File("a/x", new SmallRef("", default, 0), 0x81A4),
            DirectoryEntry.Symlink("a/y", "x"),
            DirectoryEntry.Folder("b", 0),
        ];
        Assert.Equal(SharedVector, Convert.ToHexStringLower(Manifests.Encode(ManifestForm.Shared, entries)));
        List<DirectoryEntry> read = await Manifests.DecodeAsync(Convert.FromHexString(SharedVector));
        Assert.Equal(entries.Select(Manifests.Describe), read.Select(Manifests.Describe));
    }

    [Fact]
    public async Task An_empty_tree_is_two_bytes_in_the_shared_form()
    {
        Assert.Equal("0100", Convert.ToHexStringLower(Manifests.Encode(ManifestForm.Shared, [])));
        Assert.Empty(await Manifests.DecodeAsync([1, 0]));
    }

    [Theory]
    [InlineData(ManifestForm.Shared, false)]
    [InlineData(ManifestForm.Compact, false)]
    [InlineData(ManifestForm.Compact, true)]
    public async Task Entries_survive_both_forms_however_the_bytes_arrive(ManifestForm version, bool hasTimes)
    {
        DirectoryEntry[] entries = Sample(3000, hasTimes);
        byte[] bytes = Manifests.Encode(version, entries, hasTimes);
        foreach (int pieces in (int[])[1000, 65536, int.MaxValue])
            Assert.Equal(entries.Select(Manifests.Describe), (await Manifests.DecodeAsync(bytes, pieces)).Select(Manifests.Describe));
    }

    [Fact]
    public async Task The_compact_form_takes_names_of_any_bytes_and_a_fraction_of_the_room()
    {
        DirectoryEntry odd = DirectoryEntry.File(new byte[] { 0xFF, 0xFE }, Manifests.Ref);
        Assert.Equal(odd.PathBytes.ToArray(), Assert.Single(await Manifests.DecodeAsync(Manifests.Encode(ManifestForm.Compact, [odd]))).PathBytes.ToArray());
        DirectoryEntry[] entries = Sample(1000, false);
        Assert.True(Manifests.Encode(ManifestForm.Compact, entries).Length * 2 < Manifests.Encode(ManifestForm.Shared, entries).Length);
    }

    [Theory]
    [InlineData("", EntryFault.Malformed)]
    [InlineData("00", EntryFault.UnknownVersion)]
    [InlineData("03", EntryFault.UnknownVersion)]
    [InlineData("01", EntryFault.Malformed)]
    [InlineData("0101", EntryFault.Malformed)]
    [InlineData("010000", EntryFault.Malformed)]
    [InlineData("018000", EntryFault.Malformed)]
    [InlineData("01010161" + "03", EntryFault.Malformed)]
    [InlineData("010101ff" + "0100", EntryFault.NotUtf8)]
    [InlineData("0101ffff" + "ffffffffffff01", EntryFault.NameTooLong)]
    [InlineData("01010161" + "00" + "00" + "04" + "b0b1b2b3", EntryFault.BadRef)]
    [InlineData("0202", EntryFault.Malformed)]
    [InlineData("0200" + "0300000000", null)]
    [InlineData("0200" + "0301000000", EntryFault.TotalMismatch)]
    [InlineData("0200" + "0100" + "0161" + "00" + "0100" + "0161" + "00", EntryFault.NotInOrder)]
    [InlineData("0200" + "0100" + "0162" + "00" + "0100" + "0161" + "00", EntryFault.NotInOrder)]
    [InlineData("0200" + "0100" + "026161" + "00" + "0100" + "026162" + "00", EntryFault.Malformed)]
    public async Task Bytes_that_break_the_format_are_refused_by_name(string hex, EntryFault? fault)
    {
        if (fault is null) Assert.Empty(await Manifests.DecodeAsync(Convert.FromHexString(hex)));
        else Assert.Equal(fault, (await Assert.ThrowsAsync<DirectoryFormatException>(() => Manifests.DecodeAsync(Convert.FromHexString(hex)))).Fault);
    }

    [Fact]
    public Task A_manifest_cut_or_flipped_anywhere_is_refused_or_read_as_something_else_and_nothing_worse() => HarmAsync(40);

    [Fact, Slow]
    public Task A_manifest_flipped_in_every_bit_is_refused_or_read_as_something_else_and_nothing_worse() => HarmAsync(4);

    [Fact]
    public Task Random_bytes_behind_a_version_are_refused_with_a_typed_error() =>
        Gen.Select(Gen.Byte[1, 2], Gen.Byte.Array[0, 300]).SampleAsync(
            async pair =>
            {
                try
                {
                    await Manifests.DecodeAsync([pair.Item1, .. pair.Item2]);
                }
                catch (DirectoryFormatException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            },
            iter: 20_000);

    [Fact]
    public void Entries_out_of_order_are_not_written()
    {
        DirectoryEntry[] entries = [DirectoryEntry.Folder("b"), DirectoryEntry.Folder("a")];
        foreach (ManifestForm version in Enum.GetValues<ManifestForm>())
            Assert.Equal(EntryFault.NotInOrder, Assert.Throws<DirectoryFormatException>(() => Manifests.Encode(version, entries)).Fault);
    }

    private static async Task HarmAsync(int step)
    {
        foreach (ManifestForm version in Enum.GetValues<ManifestForm>())
        {
            byte[] bytes = Manifests.Encode(version, Sample(12, false));
            for (int i = 0; i < bytes.Length * 8; i += step)
            {
                byte[] harmed = [.. bytes];
                harmed[i / 8] ^= (byte)(1 << (i % 8));
                foreach (byte[] candidate in (byte[][])[harmed, bytes[..(i / 8)]])
                {
                    try
                    {
                        Assert.NotEqual(
                            Sample(12, false).Select(Manifests.Describe), (await Manifests.DecodeAsync(candidate)).Select(Manifests.Describe));
                    }
                    catch (DirectoryFormatException error)
                    {
                        Assert.NotEmpty(error.Message);
                    }
                }
            }
        }
    }

    private static DirectoryEntry[] Sample(int count, bool hasTimes) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            long? time = hasTimes ? 1_700_000_000_123_456_789 - (i * 7919L * 1_000_000_000) : null;
            return (i % 5) switch
            {
                0 => DirectoryEntry.Folder($"folder/{i:D6}", 0x41C0, time),
                1 => DirectoryEntry.Symlink($"folder/{i:D6} é", $"../{i}"),
                2 => DirectoryEntry.File($"folder/{i:D6}", new TreeRef("s3://x", BlobEncoding.Replicated, BlobHash.Compute([(byte)i]), 5_000_000, 1), 0, time),
                _ => DirectoryEntry.File($"folder/{i:D6}.bin", SmallRef.Create(BlobHash.Compute([(byte)i, (byte)(i >> 8)]), (ulong)i), 0x81A4, time),
            };
        }),
    ];
}
