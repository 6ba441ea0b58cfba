namespace Dataforts.Cli.Tests.Inspect;

/// <summary>The published encodings of refs, with what they say as JSON.</summary>
internal static class RefVectors
{
    public const string Small =
        "b0b1b2b301abababababababababababababababababababababababababababababababab393000000000000073333a2f2f6275636b65742f6b6579";

    public const string Manifest =
        "b0b1b2b30201086d6573683a2f2f78000201010101010101010101010101010101010101010101010101010101010101018080800202020202020202020202"
        + "02020202020202020202020202020202020202020202800880888002";

    public const string Tree =
        "b0b1b2b303010b6d6573683a2f2f6361666500abababababababababababababababababababababababababababababababab808080800401";

    public static TheoryData<string, string> All => new()
    {
        { Small, $$"""{"kind":"small","uri":"s3://bucket/key","hash":"{{Repeat("ab")}}","size":12345}""" },
        {
            Manifest,
            $$"""
            {"kind":"manifest","uri":"mesh://x","encoding":{"kind":"replicated"},"chunks":[{"hash":"{{Repeat("01")}}","size":4194304},
            {"hash":"{{Repeat("02")}}","size":1024}],"size":4195328}
            """
        },
        { Tree, $$"""{"kind":"tree","uri":"mesh://cafe","encoding":{"kind":"replicated"},"rootHash":"{{Repeat("ab")}}","size":1073741824,"depth":1}""" },
        {
            "b0b1b2b30301096d6573683a2f2f6666010a04abababababababababababababababababababababababababababababababab80808080802003",
            $$"""{"kind":"tree","uri":"mesh://ff","encoding":{"kind":"rs","k":10,"m":4},"rootHash":"{{Repeat("ab")}}","size":1099511627776,"depth":3}"""
        },
        {
            "b0b1b2b30201096d6573683a2f2f727301040201aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa80088008",
            $$"""
            {"kind":"manifest","uri":"mesh://rs","encoding":{"kind":"rs","k":4,"m":2},"chunks":[{"hash":"{{Repeat("aa")}}","size":1024}],"size":1024}
            """
        },
        { "b0b1b2b301" + new string('0', 80), $$"""{"kind":"small","uri":"","hash":"{{Repeat("00")}}","size":0}""" },
        {
            "b0b1b2b3017a29f463de505a59fc1a704cb1748676e1845efeeb7010d555cf4c4c2a3f9ac70c0000000000000066696c653a2f2f2f78",
            """{"kind":"small","uri":"file:///x","hash":"7a29f463de505a59fc1a704cb1748676e1845efeeb7010d555cf4c4c2a3f9ac7","size":12}"""
        },
        {
            "b0b1b2b30301086d6573683a2f2f6d00cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd80808080808080800204",
            $$"""
            {"kind":"tree","uri":"mesh://m","encoding":{"kind":"replicated"},"rootHash":"{{Repeat("cd")}}","size":"144115188075855872","depth":4}
            """
        },
        {
            "b0b1b2b30301476d6573683a2f2f3639333839306438373337613037316136376233383264313533333835303032633763373763346665313939333230313338"
            + "323239316534623563663236636300693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc8080c00401",
            """
            {"kind":"tree","uri":"mesh://693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc","encoding":{"kind":"replicated"},
            "rootHash":"693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc","size":9437184,"depth":1}
            """
        },
        {
            "b0b1b2b30201476d6573683a2f2f6464303638663562656466646339663136633164343061663765376534396331383732373431646337646632386164323331"
            + "363861303562653230373232303400030b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd8080800286aa4b2a90bc9df4e622411c"
            + "5c88723a802e2548a023f90d7691dd5ee9d2ce5680808002cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2ebbb2eeeb8080408080c004",
            """
            {"kind":"manifest","uri":"mesh://dd068f5bedfdc9f16c1d40af7e7e49c1872741dc7df28ad23168a05be2072204","encoding":{"kind":"replicated"},
            "chunks":[{"hash":"0b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd","size":4194304},
            {"hash":"86aa4b2a90bc9df4e622411c5c88723a802e2548a023f90d7691dd5ee9d2ce56","size":4194304},
            {"hash":"cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2ebbb2eeeb","size":1048576}],"size":9437184}
            """
        },
    };

    public static string Repeat(string pair) => string.Concat(Enumerable.Repeat(pair, 32));
}
