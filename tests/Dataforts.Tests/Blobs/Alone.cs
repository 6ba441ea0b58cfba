namespace Dataforts.Tests.Blobs;

/// <summary>Tests that count what the whole process does, and so run with nothing beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
