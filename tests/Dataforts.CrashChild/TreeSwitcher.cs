using System.Globalization;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Directories;
using Dataforts.Store;

namespace Dataforts.CrashChild;

/// <summary>Puts one of two trees after the other in the same place, saying a line behind each, until it is killed.</summary>
internal static class TreeSwitcher
{
    public static async Task RunAsync(string store, string destination, bool mayExchange, string[] trees, Action<string> say)
    {
        await using BlobStore blobs = await BlobStore.OpenAsync(new StoreOptions { Path = store });
        var directories = new DirectoryStore(blobs) { MayExchange = mayExchange };
        var options = new DirectoryGetOptions { Delete = true, LockTimeout = TimeSpan.Zero };
        for (int i = 0; ; i++)
        {
            await directories.MaterializeAsync(BlobRefText.Parse(trees[i % 2]).Ref!, destination, options);
            say(i.ToString(CultureInfo.InvariantCulture));
        }
    }
}
