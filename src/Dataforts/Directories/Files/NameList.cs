namespace Dataforts.Directories.Files;

/// <summary>The names in one folder, in one piece of memory, to be sorted as paths are: a folder's name counts as if a slash followed it.</summary>
internal sealed class NameList
{
    private byte[] _bytes = new byte[1024];
    private (int Start, ushort Length, DiskNodeKind Kind)[] _names = new (int, ushort, DiskNodeKind)[32];
    private int _used;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> NameAt(int index) => _bytes.AsSpan(_names[index].Start, _names[index].Length);

    public DiskNodeKind KindAt(int index) => _names[index].Kind;

    public void SetKind(int index, DiskNodeKind kind) => _names[index].Kind = kind;

    public void Add(ReadOnlySpan<byte> name, DiskNodeKind kind)
    {
        if (Count == _names.Length) Array.Resize(ref _names, Count * 2);
        while (_bytes.Length - _used < name.Length) Array.Resize(ref _bytes, checked(_bytes.Length * 2));
        name.CopyTo(_bytes.AsSpan(_used));
        _names[Count++] = (_used, (ushort)name.Length, kind);
        _used += name.Length;
    }

    public void Clear() => Count = _used = 0;

    /// <summary>In the order of the names' bytes.</summary>
    public void Sort()
    {
        byte[] bytes = _bytes;
        _names.AsSpan(0, Count).Sort((left, right) => bytes.AsSpan(left.Start, left.Length).SequenceCompareTo(bytes.AsSpan(right.Start, right.Length)));
    }
}
