// A producer stores a payload and passes on its ref; a consumer opens the ref as a stream.
using Dataforts;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;

string folder = Directory.CreateTempSubdirectory("put-and-get-").FullName;
await using BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder, Writable = true });

// The producer: a stream in, a small ref out, on stable storage when the call returns.
using var payload = new MemoryStream(new byte[10_000_000]);
PutResult put = await store.PutAsync(payload, new PutOptions { Name = "results/today", Durability = Durability.Durable });
string message = put.Ref.ToText();
Console.WriteLine($"{message.Length} characters stand for {put.Ref.SizeBytes} bytes: {message}");

// The consumer: the ref in, a stream out that can seek; every byte of it is verified.
BlobRef blob = BlobRefText.Parse(message).Ref!;
await using Stream content = await store.OpenReadAsync(blob);
content.Position = 9_999_000;
var tail = new byte[1_000];
await content.ReadExactlyAsync(tail);
Console.WriteLine($"read {tail.Length} bytes from {content.Position - tail.Length} on");
