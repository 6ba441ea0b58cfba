namespace Dataforts.Tests.Adapters;

/// <summary>What can go wrong at one call.</summary>
public enum Fault
{
    None,
    Fails,
    IsAbsent,
    IsShort,
    IsLong,
    IsEmpty,
    IsFlipped,
    IsAnother,
    IsLate,
}
