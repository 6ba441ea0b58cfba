using Dataforts.Blobs.Adapters;

namespace Dataforts.Tests.Adapters;

public sealed class AdapterRegistryTests
{
    private readonly AdapterRegistry _registry = new();

    [Fact]
    public void An_id_is_taken_once()
    {
        var first = new MemoryAdapter("a");
        _registry.Register(first);
        Assert.Equal(ErrorKind.Exists, Assert.Throws<DatafortsException>(() => _registry.Register(new MemoryAdapter("a"))).Kind);
        Assert.Same(first, _registry.Find("a")!.Adapter);
        Assert.Null(_registry.Find("A"));
    }

    [Fact]
    public void What_is_taken_out_is_gone_and_still_works()
    {
        var adapter = new MemoryAdapter("a");
        _registry.Register(adapter);
        _registry.Register(new MemoryAdapter("b"));
        Assert.Equal(["a", "b"], _registry.Ids);
        Assert.Same(adapter, _registry.Unregister("a"));
        Assert.Null(_registry.Unregister("a"));
        Assert.Null(_registry.Find("a"));
        Assert.Equal(1, _registry.Count);
        _registry.Register(adapter);
    }

    [Fact]
    public void Draining_empties_it()
    {
        _registry.Register(new MemoryAdapter("a"));
        _registry.Register(new MemoryAdapter("b"));
        Assert.Equal(2, _registry.Drain().Count);
        Assert.Empty(_registry.Drain());
        Assert.Equal(0, _registry.Count);
    }

    [Fact]
    public void Many_may_register_at_once_and_one_wins_an_id()
    {
        int refused = 0;
        Parallel.For(0, 200, i =>
        {
            try
            {
                _registry.Register(new MemoryAdapter($"a{i % 50}"));
            }
            catch (DatafortsException error) when (error.Kind == ErrorKind.Exists)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(50, _registry.Count);
        Assert.Equal(150, refused);
    }
}
