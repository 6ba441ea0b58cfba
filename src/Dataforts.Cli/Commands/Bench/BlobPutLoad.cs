namespace Dataforts.Cli.Commands.Bench;

/// <summary>Many small puts, and the plain loop they are held against.</summary>
/// <param name="BlobBytes">Bytes a blob.</param>
/// <param name="Blobs">How many, at full size.</param>
/// <param name="AtOnce">How many are under way at once.</param>
/// <param name="Durability">What each waits for.</param>
/// <param name="WritesPerFlush">Of the plain loop: blobs written between two fdatasyncs; 0 for none.</param>
/// <param name="Sharing">How many blobs each of its writes stands for.</param>
/// <param name="LimitOf">The plain loop in words.</param>
internal sealed record BlobPutLoad(
    int BlobBytes, int Blobs, int AtOnce, Durability Durability, int WritesPerFlush, int Sharing, string LimitOf);
