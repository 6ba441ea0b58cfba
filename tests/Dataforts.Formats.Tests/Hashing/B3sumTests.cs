using Dataforts.Hashing;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>Ours against the official program, on real files.</summary>
public sealed class B3sumTests
{
    [Fact]
    public void Files_hash_as_b3sum_hashes_them()
    {
        Assert.SkipUnless(B3sum.IsInstalled, B3sum.Reason);
        using TempFolder folder = new();
        byte[] key = SpecRandom.Bytes(3, 32);
        const string Context = "Dataforts 2026-11-22 test context, with ü";
        var expected = new byte[200];
        foreach (int length in new[] { 0, 1, 1024, 1025, 16_384, 100_000, 1 << 20, 5_000_001 })
        {
            byte[] content = SpecRandom.Bytes((ulong)length, length);
            string path = folder["file"];
            File.WriteAllBytes(path, content);
            Assert.Equal(Convert.ToHexStringLower(Blake3.Hash(content)), B3sum.Hash([path], _ => { }));
            Blake3.Expand(content, expected);
            Assert.Equal(Convert.ToHexStringLower(expected), B3sum.Hash(["--length", "200", path], _ => { }));
            Blake3.KeyedHash(key, content, expected);
            Assert.Equal(Convert.ToHexStringLower(expected), B3sum.Hash(["--keyed", "--length", "200", path], input => input.Write(key)));
            Blake3.DeriveKey(Context, content, expected);
            Assert.Equal(Convert.ToHexStringLower(expected), B3sum.Hash(["--derive-key", Context, "--length", "200", path], _ => { }));
        }
    }

    [Fact]
    public void Real_files_hash_as_b3sum_hashes_them_when_read_in_pieces()
    {
        Assert.SkipUnless(B3sum.IsInstalled, B3sum.Reason);
        var piece = new byte[81_920];
        Blake3Hasher hasher = new();
        foreach (string path in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
        {
            hasher.Reset();
            using (FileStream file = File.OpenRead(path))
            {
                for (int read; (read = file.Read(piece)) > 0;) hasher.Update(piece.AsSpan(0, read));
            }
            var hash = new byte[32];
            hasher.Finalize(hash);
            Assert.Equal(B3sum.Hash([path], _ => { }), Convert.ToHexStringLower(hash));
        }
    }
}
