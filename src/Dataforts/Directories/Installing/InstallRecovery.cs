using Dataforts.Directories.Files;

namespace Dataforts.Directories.Installing;

/// <summary>Puts in order what runs that died left beside a tree.</summary>
internal static class InstallRecovery
{
    /// <summary>Finishes or undoes a replacement. The caller holds its journal.</summary>
    /// <param name="paths">Where everything is.</param>
    /// <param name="phase">What the journal said.</param>
    /// <exception cref="DatafortsException">Io: something could not be removed or put back; Exists: an old tree lies aside, and what is in its
    /// place was put there by somebody else.</exception>
    public static void Recover(InstallPaths paths, InstallPhase phase)
    {
        bool hasOld = Directory.Exists(paths.Old), hasNew = Directory.Exists(paths.New), hasTree = Path.Exists(paths.Destination);
        try
        {
            // The old one was out of its place and the new one not yet in it.
            if (hasOld && !hasTree) Directory.Move(paths.Old, paths.Destination);
            else if (hasOld && (phase != InstallPhase.Switching || hasNew)) throw Foreign(paths);
        }
        catch (IOException error)
        {
            throw DatafortsException.From(error, $"cannot put '{paths.Old}' back");
        }
        TreeRemoval.Remove(paths.New);
        TreeRemoval.Remove(paths.Old);
    }

    /// <summary>Recovers, in the same folder, the trees whose runs died; those that are being worked on are left alone.</summary>
    public static int RecoverOthers(InstallPaths own) => Recover(own.Folder, own.Journal);

    /// <summary>Recovers every tree in a folder whose run died.</summary>
    /// <returns>How many there were.</returns>
    public static int Recover(string folder, string? except = null)
    {
        int recovered = 0;
        foreach (string path in InstallPaths.JournalsIn(folder))
        {
            if (path == except) continue;
            try
            {
                recovered += RecoverOne(folder, path) ? 1 : 0;
            }
            catch (Exception error) when (except is not null && (error is DatafortsException || DiskFault.IsKnown(error)))
            {
                // Another tree's trouble is not this run's; a run for that tree will say.
                continue;
            }
        }
        return recovered;
    }

    private static bool RecoverOne(string folder, string path)
    {
        using InstallJournal? journal = InstallJournal.TryTake(path, create: false);
        if (journal is null) return false;
        if (journal.Found is { } found)
        {
            var paths = new InstallPaths(Path.Combine(folder, found.Name));
            if (paths.Journal != path) return false;
            Recover(paths, found.Phase);
        }
        else
        {
            // One that cannot be read was cut off before anything was renamed.
            string stem = path[..^Path.GetExtension(path).Length];
            if (Directory.Exists(stem + InstallPaths.OldEnd)) return false;
            TreeRemoval.Remove(stem + InstallPaths.NewEnd);
        }
        journal.Remove();
        return true;
    }

    private static DatafortsException Foreign(InstallPaths paths) => new(
        ErrorKind.Exists,
        $"a run that died left what was at '{paths.Destination}' in '{paths.Old}', and something else is in its place now: move one of them away");
}
