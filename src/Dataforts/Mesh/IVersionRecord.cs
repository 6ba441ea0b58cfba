namespace Dataforts.Mesh;

/// <summary>Remembers the version of a node's last announcement over restarts, so that its next one is newer whatever its clock says.</summary>
public interface IVersionRecord
{
    /// <summary>The last version written; 0 when none was. A <see cref="DatafortsException"/> from here or from <see cref="Write"/> puts the announcement off
    /// by an interval.</summary>
    ulong Read();

    /// <summary>Remembers a version before it is sent.</summary>
    void Write(ulong version);
}
