namespace Dataforts.Tests.Log;

/// <summary>Tests that measure what the whole process does, and so run while no other does.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
