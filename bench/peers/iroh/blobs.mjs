// What bench/peers/iroh/run asks of node; IROH is the path of the package. Prints "name value unit" lines.
//   file PATH BYTES              writes random bytes
//   time BYTES NAME COMMAND…     times a command that goes through so many bytes
//   add STORE PATH BYTES         iroh's copying add of a file into a fresh store
//   small STORE                  64 KiB blobs: added from files and exported to files, 1 and 8 at a time
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const BLOB = 65536;
const BLOBS = 1000;
const seconds = () => Number(process.hrtime.bigint()) / 1e9;
const say = (name, value, unit) => console.log(name, value.toFixed(3), unit);
const mebibytes = (bytes) => `${bytes / 1048576}-MiB`;

function writeRandom(file, bytes) {
  const handle = fs.openSync(file, 'w');
  for (let at = 0; at < bytes; at += 1 << 22) fs.writeSync(handle, crypto.randomBytes(Math.min(1 << 22, bytes - at)));
  fs.closeSync(handle);
}

async function open(folder) {
  const { Iroh, SetTagOption, BlobExportFormat, BlobExportMode } = createRequire(import.meta.url)(process.env.IROH);
  const node = await Iroh.persistent(folder, { nodeDiscovery: 'None' });
  const add = (file) => new Promise((done, failed) => {
    const told = (error, progress) => (error ? failed(error) : progress.allDone && done(progress.allDone.hash));
    node.blobs.addFromPath(file, false, SetTagOption.auto(), { wrap: false }, told).catch(failed);
  });
  const get = (hash, file) => node.blobs.export(hash, file, BlobExportFormat.Blob, BlobExportMode.Copy);
  // A node that does not shut down in time ends with the process.
  const close = () => Promise.race([node.node.shutdown(), new Promise((done) => setTimeout(done, 2000))]);
  return { add, get, close };
}

async function atOnce(items, count, work) {
  const results = [];
  let next = 0;
  const began = seconds();
  await Promise.all(Array.from({ length: count }, async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at], at);
    }
  }));
  return { results, rate: items.length / (seconds() - began) };
}

async function small(store) {
  const folder = `${store}-files`;
  fs.mkdirSync(folder);
  const files = Array.from({ length: BLOBS }, (_, i) => path.join(folder, String(i)));
  files.forEach((file) => writeRandom(file, BLOB));
  const node = await open(store);
  const one = await atOnce(files.slice(0, BLOBS / 5), 1, node.add);
  const many = await atOnce(files.slice(BLOBS / 5), 8, node.add);
  say('iroh.add.64KiB.1-at-once', one.rate, 'blobs/s');
  say('iroh.add.64KiB.8-at-once', many.rate, 'blobs/s');
  // The binding's own way to bytes makes an array of numbers; exporting a file is the faster one.
  const exported = (hash, i) => node.get(hash, path.join(folder, `out-${hash}-${i}`));
  say('iroh.export.64KiB.1-at-once', (await atOnce(one.results, 1, exported)).rate, 'blobs/s');
  say('iroh.export.64KiB.8-at-once', (await atOnce(many.results, 8, exported)).rate, 'blobs/s');
  await node.close();
  fs.rmSync(folder, { recursive: true });
}

const [step, ...words] = process.argv.slice(2);
if (step === 'file') {
  writeRandom(words[0], Number(words[1]));
} else if (step === 'time') {
  const [bytes, name, command, ...rest] = words;
  const began = seconds();
  const { status } = spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(1);
  say(name, bytes / 1e6 / (seconds() - began), 'MB/s');
} else if (step === 'add') {
  const [store, file, bytes] = words;
  const node = await open(store);
  const began = seconds();
  await node.add(file);
  say(`iroh.add.copy.${mebibytes(bytes)}`, bytes / 1e6 / (seconds() - began), 'MB/s');
  await node.close();
} else if (step === 'small') {
  await small(words[0]);
} else {
  console.error('usage: see the first lines of this file');
  process.exit(2);
}
process.exit(0);
