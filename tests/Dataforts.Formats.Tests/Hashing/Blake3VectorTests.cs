using System.Text;
using System.Text.Json;
using Dataforts.Hashing;

namespace Dataforts.Formats.Tests.Hashing;

/// <summary>The official test vectors, in all three modes, on every path this processor has.</summary>
public sealed class Blake3VectorTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hashing", "Data", "blake3-test-vectors.json"))).RootElement;

    [Theory]
    [MemberData(nameof(Blake3Paths.Names), MemberType = typeof(Blake3Paths))]
    public void Every_path_gives_the_official_hashes(string name)
    {
        Blake3Path path = Blake3Paths.Parse(name);
        byte[] key = Encoding.ASCII.GetBytes(Vectors.GetProperty("key").GetString()!);
        foreach (JsonElement vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Input(vector);
            Check(path, Blake3Kernels.Iv, 0, input, vector, "hash");
            Check(path, Blake3Paths.Words(key), Blake3Kernels.KeyedHash, input, vector, "keyed_hash");
        }
    }

    [Fact]
    public void The_public_one_shot_calls_give_the_official_hashes()
    {
        byte[] key = Encoding.ASCII.GetBytes(Vectors.GetProperty("key").GetString()!);
        string context = Vectors.GetProperty("context_string").GetString()!;
        foreach (JsonElement vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Input(vector);
            var output = new byte[131];
            Blake3.Expand(input, output);
            Equal(vector, "hash", output);
            Equal(vector, "hash", Blake3.Hash(input));
            Blake3.KeyedHash(key, input, output);
            Equal(vector, "keyed_hash", output);
            Blake3.DeriveKey(context, input, output);
            Equal(vector, "derive_key", output);
        }
    }

    [Fact]
    public void The_incremental_hasher_gives_the_official_hashes()
    {
        Blake3Hasher plain = new();
        Blake3Hasher keyed = Blake3Hasher.CreateKeyed(Encoding.ASCII.GetBytes(Vectors.GetProperty("key").GetString()!));
        Blake3Hasher derive = Blake3Hasher.CreateDeriveKey(Vectors.GetProperty("context_string").GetString()!);
        foreach (JsonElement vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            foreach ((Blake3Hasher hasher, string mode) in new[] { (plain, "hash"), (keyed, "keyed_hash"), (derive, "derive_key") })
            {
                hasher.Update(Input(vector));
                var output = new byte[131];
                hasher.Finalize(output);
                Equal(vector, mode, output);
                hasher.Finalize(output.AsSpan(0, 32));
                Equal(vector, mode, output);
                hasher.Reset();
            }
        }
    }

    private static byte[] Input(JsonElement vector) => Blake3Paths.Input(vector.GetProperty("input_len").GetInt32());

    private static void Check(Blake3Path path, ReadOnlySpan<uint> key, uint flags, byte[] input, JsonElement vector, string mode)
    {
        var output = new byte[131];
        Blake3.Compute(path, key, flags, input, output);
        Equal(vector, mode, output);
    }

    private static void Equal(JsonElement vector, string mode, byte[] output)
    {
        string expected = vector.GetProperty(mode).GetString()!;
        Assert.Equal(expected[..(output.Length * 2)], Convert.ToHexStringLower(output));
    }
}
