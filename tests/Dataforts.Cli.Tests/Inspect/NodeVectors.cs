namespace Dataforts.Cli.Tests.Inspect;

/// <summary>The published encodings of tree nodes: address, JSON, bytes covered.</summary>
internal static class NodeVectors
{
    public static TheoryData<string, string, string, long> All => new()
    {
        {
            "01030b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd808080020086aa4b2a90bc9df4e622411c5c88723a802e2548a023f90d7691dd5ee9"
            + "d2ce568080800200cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2ebbb2eeeb80804000",
            "693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc",
            """
            {"kind":"leaf","chunks":[{"hash":"0b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd","size":4194304,"role":"data"},
            {"hash":"86aa4b2a90bc9df4e622411c5c88723a802e2548a023f90d7691dd5ee9d2ce56","size":4194304,"role":"data"},
            {"hash":"cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2ebbb2eeeb","size":1048576,"role":"data"}]}
            """,
            9437184
        },
        {
            "0003" + R("01") + "64" + R("02") + "c801" + R("03") + "32",
            "18d1452185d282d7dc1394e6f62c1b68d7d84020ed632ab58a5dba7baabdbd9a",
            $$"""{"kind":"internal","children":[{{Child("01", 100)}},{{Child("02", 200)}},{{Child("03", 50)}}]}""",
            350
        },
        {
            "0003" + R("01") + "80808002" + R("02") + "80808002" + R("03") + "808040",
            "ee5f5f3af2960430d0636bb689f0be819578e59780c169492bdbc3fc9e9aa1fb",
            $$"""{"kind":"internal","children":[{{Child("01", 4194304)}},{{Child("02", 4194304)}},{{Child("03", 1048576)}}]}""",
            9437184
        },
        {
            "0102" + R("10") + "e80700" + R("11") + "d00f00",
            "db62132e42a31731782d32fd2b3266c2753e5460ebde0e45c815f74a2cc0a211",
            $$"""{"kind":"leaf","chunks":[{{Data("10", 1000)}},{{Data("11", 2000)}}]}""",
            3000
        },
        {
            "0104" + R("20") + "8080800200" + R("21") + "8080800200" + R("22") + "808080020100" + R("23") + "808080020100",
            "65ec546c8a8de84b6b6708495fcf1aba56a6f7fe48e737df15cb78e08164c510",
            $$"""{"kind":"leaf","chunks":[{{Data("20", 4194304)}},{{Data("21", 4194304)}},{{Parity("22", 4194304)}},{{Parity("23", 4194304)}}]}""",
            16777216
        },
        {
            "020101020103" + R("30") + "800800" + R("31") + "e80700" + R("32") + "80080100",
            "02a260819ce21898941b45b8164dad22e3a571b71383c513fb8bdc0ac5c380ab",
            $$"""
            {"kind":"erasureLeaf","stripes":[{"encoding":{"kind":"rs","k":2,"m":1},
            "chunks":[{{Data("30", 1024)}},{{Data("31", 1000)}},{{Parity("32", 1024)}}]}]}
            """,
            2024
        },
        {
            "02010001" + R("40") + "0700",
            "a9e6a371630b46bee0031dd83d2cd7939c9492ae721753894683f62570df67a1",
            $$"""{"kind":"erasureLeaf","stripes":[{"encoding":{"kind":"replicated"},"chunks":[{{Data("40", 7)}}]}]}""",
            7
        },
    };

    public static string Child(string pair, ulong size) => $$"""{"hash":"{{R(pair)}}","size":{{size}}}""";

    public static string Data(string pair, ulong size) => $$"""{"hash":"{{R(pair)}}","size":{{size}},"role":"data"}""";

    public static string Parity(string pair, ulong size) => $$"""{"hash":"{{R(pair)}}","size":{{size}},"role":"parity","index":0}""";

    private static string R(string pair) => RefVectors.Repeat(pair);
}
