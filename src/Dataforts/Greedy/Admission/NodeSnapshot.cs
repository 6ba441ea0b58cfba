using Dataforts.Capabilities.Intents;

namespace Dataforts.Greedy.Admission;

/// <summary>The node's rules and capabilities as one object: an event sees all of the old or all of the new, by one read of a reference.</summary>
internal sealed record NodeSnapshot(AdmissionRules Rules, TagFacts Local);
