using Dataforts.Directories.Files;
using Dataforts.Log;

namespace Dataforts.Directories.Installing;

/// <summary>The replacement of one tree: a place beside it where the new one is made, the switch, and the clearing up, each of which may be cut
/// off at any moment without the old tree or the new one being lost.</summary>
/// <remarks>
/// <para>For one run. Where Linux can, the two folders change places in one step. Elsewhere the old one is renamed aside and the new one into its
/// place; a journal on stable storage says so before, and whoever comes next puts the old one back if the second step was not taken.</para>
/// <para>The idea of making a copy aside and renaming it is as old as Unix; the journal is that of write-ahead logs.</para>
/// </remarks>
internal sealed class TreeInstall : IDisposable
{
    private readonly InstallPaths _paths;
    private readonly InstallJournal _journal;
    private readonly bool _canExchange;
    private List<string> _madeFolders = [];
    private bool _leavesOld;

    private TreeInstall(InstallPaths paths, InstallJournal journal, bool canExchange) =>
        (_paths, _journal, _canExchange) = (paths, journal, canExchange);

    /// <summary>Where the new tree is made.</summary>
    public string New => _paths.New;

    /// <summary>Begins: makes the folder around the tree where there is none, takes the tree for this run alone, and recovers what one before it
    /// left.</summary>
    /// <param name="destination">Full path of the tree.</param>
    /// <param name="timeout">How long to wait for another run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="canExchange">Whether the two may change places in one step; tests say no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DatafortsException">DestinationInUse; Io and the like.</exception>
    public static async Task<TreeInstall> BeginAsync(
        string destination, TimeSpan timeout, TimeProvider time, bool canExchange, CancellationToken cancellationToken)
    {
        var paths = new InstallPaths(destination);
        List<string> made = MakeFolders(paths.Folder);
        try
        {
            InstallRecovery.RecoverOthers(paths);
            InstallJournal journal = await InstallJournal.TakeAsync(paths, timeout, time, cancellationToken).ConfigureAwait(false);
            try
            {
                InstallRecovery.Recover(paths, journal.Found?.Phase ?? InstallPhase.Building);
                return new TreeInstall(paths, journal, canExchange) { _madeFolders = made };
            }
            catch
            {
                journal.Dispose();
                throw;
            }
        }
        catch
        {
            RemoveFolders(made);
            throw;
        }
    }

    /// <summary>Notes that work begins and makes the place for the new tree, which nobody else can enter.</summary>
    public DiskFolder MakeNew(bool isDurable)
    {
        _journal.Note(InstallPhase.Building, Path.GetFileName(_paths.Destination), isDurable);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_paths.New);
        else Directory.CreateDirectory(_paths.New, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return DiskFolder.Open(_paths.New);
    }

    /// <summary>Puts the new tree, which is whole, in place of the old one. Not to be called off: it is done or it is not.</summary>
    /// <exception cref="IOException">It was not done, and the old tree is where it was, or aside where something else took its place.</exception>
    /// <exception cref="DatafortsException">Io: it was done, and the device refused to make it durable; the old tree is still aside.</exception>
    public void Switch(bool isDurable)
    {
        if (!Directory.Exists(_paths.Destination)) Directory.Move(_paths.New, _paths.Destination);
        else if (!_canExchange || !StableStorage.TryExchange(_paths.New, _paths.Destination)) SwitchInTwoSteps();
        _madeFolders = [];
        if (!isDurable) return;
        _leavesOld = true;
        try
        {
            StableStorage.FlushFolder(_paths.Folder);
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            throw DatafortsException.From(error, $"the tree is in place at '{_paths.Destination}', but may not be there when power is lost");
        }
        _leavesOld = false;
    }

    /// <summary>Removes what is not wanted any more: the old tree after the switch, else the new one.</summary>
    /// <returns>What could not be removed; null for nothing.</returns>
    public string? Clear()
    {
        // Whoever comes next finds the journal and puts it in order.
        if (_leavesOld) return Directory.Exists(_paths.Old) ? _paths.Old : _paths.New;
        try
        {
            TreeRemoval.Remove(_paths.New);
            TreeRemoval.Remove(_paths.Old);
            _journal.Remove();
            return null;
        }
        catch (DatafortsException)
        {
            // Whoever comes next finds the journal and tries again.
            return Directory.Exists(_paths.New) ? _paths.New : _paths.Old;
        }
        finally
        {
            RemoveFolders(_madeFolders);
        }
    }

    public void Dispose() => _journal.Dispose();

    private void SwitchInTwoSteps()
    {
        _journal.Note(InstallPhase.Switching, Path.GetFileName(_paths.Destination), isDurable: true);
        Directory.Move(_paths.Destination, _paths.Old);
        try
        {
            Directory.Move(_paths.New, _paths.Destination);
        }
        catch
        {
            _leavesOld = true;
            Directory.Move(_paths.Old, _paths.Destination);
            _leavesOld = false;
            throw;
        }
    }

    private static List<string> MakeFolders(string folder)
    {
        var made = new List<string>();
        for (string? missing = folder; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing)) made.Add(missing);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (DiskFault.IsKnown(error))
        {
            throw DatafortsException.From(error, $"cannot make the folder '{folder}'");
        }
        return made;
    }

    private static void RemoveFolders(List<string> made)
    {
        foreach (string folder in made)
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // Somebody has put something in it meanwhile.
                return;
            }
        }
    }
}
