namespace Dataforts.Mesh.Embedded;

public sealed partial class EmbeddedNetwork
{
    /// <summary>Carries an announcement to everyone: its change to those who have what it starts from, the whole to the others.</summary>
    internal void Announce(EmbeddedMesh author, Announcement? before, Announcement announcement)
    {
        long bytes = before is null ? announcement.WireBytes : Math.Min(announcement.WireBytes, AnnouncementDelta.Between(before, announcement).WireBytes);
        if (_shared is { } table)
        {
            int readers;
            lock (_gate) readers = Math.Max(0, _nodes.Count - 1);
            author.Traffic.NoteAnnounced(readers, bytes * readers);
            After(Options.Latency(author.Self, author.Self), () => table.Accept(announcement, null));
            return;
        }
        foreach (EmbeddedMesh reader in Nodes)
        {
            if (reader == author) continue;
            author.Traffic.NoteAnnounced(1, bytes);
            Send(author, reader, () => HearChange(reader, author, before, announcement, bytes));
        }
    }

    private void HearChange(EmbeddedMesh reader, EmbeddedMesh author, Announcement? before, Announcement announcement, long bytes)
    {
        ulong known = reader.Table.VersionOf(author.Self);
        if (before is null || known >= before.Version)
        {
            Hear(reader, author, announcement, bytes);
            return;
        }
        // The reader missed one: it asks for the whole, which takes the way there and back.
        reader.Traffic.NoteHeard(bytes);
        Send(reader, author, () =>
        {
            if (author.Latest is not { } latest) return;
            author.Traffic.NoteAnnounced(1, latest.WireBytes);
            Send(author, reader, () => Hear(reader, author, latest, latest.WireBytes));
        });
    }

    private void Hear(EmbeddedMesh reader, EmbeddedMesh author, Announcement announcement, long bytes)
    {
        reader.Traffic.NoteHeard(bytes);
        reader.Table.Accept(announcement, Options.Latency(reader.Self, author.Self) + Options.Latency(author.Self, reader.Self));
    }

    // What was said while the ways were cut is said again when they are whole.
    private void Resend()
    {
        if (_shared is not null) return;
        IReadOnlyList<EmbeddedMesh> nodes = Nodes;
        foreach (EmbeddedMesh author in nodes)
        {
            if (author.Latest is not { } latest) continue;
            foreach (EmbeddedMesh reader in nodes)
            {
                if (reader == author || reader.Table.VersionOf(author.Self) >= latest.Version) continue;
                author.Traffic.NoteAnnounced(1, latest.WireBytes);
                Send(author, reader, () => Hear(reader, author, latest, latest.WireBytes));
            }
        }
    }

    private void Send(EmbeddedMesh from, EmbeddedMesh to, Action deliver)
    {
        if (!Passes(from.Self, to.Self)) return;
        After(Options.Latency(from.Self, to.Self), () =>
        {
            if (to.IsAlive) deliver();
        });
    }
}
