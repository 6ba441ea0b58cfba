using Dataforts.Log;

namespace Dataforts.Tests.Devices;

/// <summary>A device on which something goes wrong.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FaultyDevice(StorageDevice inner) : StorageDevice
{
    private readonly Lock _gate = new();
    private int _seen;
    private int _fired;
    private Fault? _fault;

    /// <summary>What goes wrong; null for nothing. Setting it begins the count anew.</summary>
    public Fault? Fault
    {
        get => _fault;
        set
        {
            lock (_gate)
            {
                _fault = value;
                _seen = _fired = 0;
            }
        }
    }

    /// <summary>How often it went wrong.</summary>
    public int Fired
    {
        get { lock (_gate) return _fired; }
    }

    public override StorageFile Open(string path, bool writable)
    {
        ThrowIfDue(DeviceDeed.Open, path);
        return new FaultyFile(this, inner.Open(path, writable), path);
    }

    public override StorageFile Create(string path, bool replace = false)
    {
        ThrowIfDue(DeviceDeed.Create, path);
        return new FaultyFile(this, inner.Create(path, replace), path);
    }

    public override void CreateFolder(string path)
    {
        ThrowIfDue(DeviceDeed.CreateFolder, path);
        inner.CreateFolder(path);
    }

    public override void Move(string from, string to)
    {
        ThrowIfDue(DeviceDeed.Move, from);
        inner.Move(from, to);
    }

    public override void Delete(string path)
    {
        ThrowIfDue(DeviceDeed.Delete, path);
        inner.Delete(path);
    }

    public override void FlushFolder(string path)
    {
        ThrowIfDue(DeviceDeed.FlushFolder, path);
        inner.FlushFolder(path);
    }

    /// <summary>Nothing goes wrong any more; what went wrong stays counted.</summary>
    public void Mend()
    {
        lock (_gate) _fault = null;
    }

    /// <summary>Whether this operation fails.</summary>
    public Fault? Due(DeviceDeed deed, string path)
    {
        lock (_gate)
        {
            if (_fault is not { } fault || fault.Deed != deed || !path.EndsWith(fault.Where, StringComparison.Ordinal)) return null;
            int number = _seen++;
            if (number != fault.Number && !(fault.IsLasting && number > fault.Number)) return null;
            _fired++;
            return fault;
        }
    }

    /// <summary>Fails the operation when it is its turn.</summary>
    public void ThrowIfDue(DeviceDeed deed, string path)
    {
        if (Due(deed, path) is { } fault) throw ErrorOf(fault, path);
    }

    /// <summary>The error as .NET would report it.</summary>
    public static IOException ErrorOf(Fault fault, string path) => new($"injected error {fault.Error} at {fault.Deed}: {path}", fault.Error);
}
