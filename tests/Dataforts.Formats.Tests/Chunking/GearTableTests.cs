using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Dataforts.Chunking;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class GearTableTests
{
    [Fact]
    public void Known_entries_and_digest()
    {
        Assert.Equal(256, GearTable.Gear.Length);
        Assert.Equal(0x3b5d3c7d207e37dcUL, GearTable.Gear[0]);
        Assert.Equal(0xaabd2b2a451504e1UL, GearTable.Gear[255]);
        byte[] bytes = new byte[2048];
        for (int i = 0; i < 256; i++) BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * 8), GearTable.Gear[i]);
        Assert.Equal("9df0a720752a7d211fdebaf39bed01610983756fc340a1cfef41052b7356ae73", Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Entries_come_of_MD5() => Assert.Equal(FastCdcReference.Gear, GearTable.Gear.ToArray());

    [Fact]
    public void A_mask_has_as_many_bits_as_its_number()
    {
        for (int bits = 6; bits <= 24; bits++) Assert.Equal(bits, BitOperations.PopCount(GearTable.Mask(bits)));
    }
}
