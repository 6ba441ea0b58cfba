using Dataforts.Greedy.Eviction;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Greedy.Eviction;

public sealed class EntryTableTests
{
    [Fact]
    public void It_finds_what_a_dictionary_finds()
    {
        var random = new Random(unchecked((int)TestSeed.Value));
        var table = new EntryTable(3);
        var model = new Dictionary<ulong, int>();
        for (int step = 0; step < 40_000; step++)
        {
            ulong key = (ulong)random.Next(step < 20_000 ? 2000 : 200) * 0x1_0000_0001;
            int slot = table.Find(key);
            Assert.Equal(model.GetValueOrDefault(key, -1), slot);
            if (slot < 0)
            {
                model[key] = slot = table.Add(key, 1);
                Assert.Equal(key, table[slot].Key);
            }
            else
            {
                table.Remove(slot);
                model.Remove(key);
            }
            Assert.Equal(model.Count, table.Count);
        }
        Assert.All(model, entry => Assert.Equal(entry.Value, table.Find(entry.Key)));
    }
}
