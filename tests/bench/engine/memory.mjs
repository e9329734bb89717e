import { Buffer } from "node:buffer";
import { contender } from "./contenders.mjs";

/**
 * A process of its own: starts instances that wait in their first user task, keeps them, and prints what they take.
 * `node --expose-gc memory.mjs <contender> <model> <count>`
 */
const [name, modelId, count] = process.argv.slice(2);
const { hold, written } = await contender(name, modelId);
for (let at = 0; at < 20; at += 1) await hold();

const before = heapUsed();
const kept = [];
for (let at = 0; at < Number(count); at += 1) kept.push(await hold());
const heap = heapUsed() - before;
const { rss } = process.memoryUsage();
const jsonBytes = Buffer.byteLength(written(kept.at(-1)));
console.log(JSON.stringify({ heapBytes: heap / kept.length, jsonBytes, rssMegabytes: rss / 2 ** 20 }));
process.exit();

function heapUsed() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
