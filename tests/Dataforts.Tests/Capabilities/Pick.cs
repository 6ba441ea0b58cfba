using CsCheck;

namespace Dataforts.Tests.Capabilities;

/// <summary>One of a few given things.</summary>
internal static class Pick
{
    public static Gen<T> Of<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);
}
