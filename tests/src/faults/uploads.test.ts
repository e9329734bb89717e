import { openDatabase } from "@jinshui/storage";
import { testFiles } from "@jinshui/storage/testing";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import fc from "fast-check";
import { createHash, randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { contentsOf, headersOf, memoryOf, siteWithFiles } from "../site-files.js";

type Headers = Record<string, string>;

const TUS = { "tus-resumable": "1.0.0" };
const PART = { ...TUS, "content-type": "application/offset+octet-stream" };
const metadata = (name: string): string => `filename ${Buffer.from(name).toString("base64")}`;
const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

async function begin(site: TestSite, headers: Headers, length: number, name = "说明.txt"): Promise<string> {
  const answer = await fetch(`${site.url}/api/v1/uploads`, {
    method: "POST",
    headers: { ...headers, ...TUS, "upload-length": String(length), "upload-metadata": metadata(name) },
  });
  return `${site.url}${answer.headers.get("location") ?? ""}`;
}

const patch = (url: string, headers: Headers, offset: number, body: Buffer, more: Headers = {}): Promise<Response> =>
  fetch(url, {
    method: "PATCH",
    headers: { ...headers, ...PART, "upload-offset": String(offset), ...more },
    body: new Uint8Array(body),
  });

async function offsetOf(url: string, headers: Headers): Promise<number> {
  const answer = await fetch(url, { method: "HEAD", headers: { ...headers, ...TUS } });
  return Number(answer.headers.get("upload-offset"));
}

test.serial("the protocol: options, versions, creation, parts, checksums, the end, and giving up", async (t) => {
  const site = await siteWithFiles(t, { maxMegabytes: 1 });
  const headers = await headersOf(site, "chenxiao");
  const root = `${site.url}/api/v1/uploads`;
  const options = await fetch(root, { method: "OPTIONS" });
  t.is(options.status, 204);
  t.is(options.headers.get("tus-version"), "1.0.0");
  t.is(options.headers.get("tus-max-size"), "1048576");
  t.is(options.headers.get("tus-extension"), "creation,creation-with-upload,expiration,checksum,termination");

  const post = (more: Headers, body?: Buffer): Promise<Response> =>
    fetch(root, {
      method: "POST",
      headers: { ...headers, ...TUS, ...more },
      ...(body ? { body: new Uint8Array(body) } : {}),
    });
  const named = { "upload-metadata": metadata("a.txt") };
  const old = await post({ "tus-resumable": "0.2.2", "upload-length": "5", ...named });
  t.deepEqual([old.status, old.headers.get("tus-version")], [412, "1.0.0"]);
  t.is((await post({ "upload-length": "1048577", ...named })).status, 413);
  t.is((await post({ "upload-length": "-1", ...named })).status, 400);
  t.is((await post({ "upload-defer-length": "1", ...named })).status, 400);
  t.is((await post({ "upload-length": "5" })).status, 400);
  t.is((await post({ "upload-length": "5", "upload-metadata": "filename ***" })).status, 400);

  const content = Buffer.from("内容".repeat(1_000));
  const url = await begin(site, headers, content.length);
  const wrong = await patch(url, headers, 0, content.subarray(0, 10), { "content-type": "text/plain" });
  t.is(wrong.status, 415);
  t.is((await patch(url, headers, 7, content)).status, 409);
  const digest = createHash("sha1").update(content.subarray(0, 100)).digest("base64");
  t.is((await patch(url, headers, 0, content.subarray(0, 99), { "upload-checksum": `sha1 ${digest}` })).status, 460);
  t.is((await patch(url, headers, 0, content.subarray(0, 99), { "upload-checksum": "crc32 AAAA" })).status, 400);
  const part = await patch(url, headers, 0, content.subarray(0, 100), { "upload-checksum": `sha1 ${digest}` });
  t.deepEqual([part.status, part.headers.get("upload-offset")], [204, "100"]);
  t.truthy(Date.parse(part.headers.get("upload-expires") ?? ""));
  t.is((await patch(url, await headersOf(site, "wanggang"), 100, content.subarray(100))).status, 404);
  t.is((await patch(url, headers, 100, content.subarray(100))).status, 204);
  const done = (await (await fetch(url, { headers })).json()) as { file?: { sha256: string } };
  t.is(done.file?.sha256, sha256(content));

  const whole = await post({ ...PART, ...named, "upload-length": String(content.length) }, content);
  t.deepEqual([whole.status, whole.headers.get("upload-offset")], [201, String(content.length)]);

  const given = await begin(site, headers, 100);
  t.is((await fetch(given, { method: "DELETE", headers: { ...headers, ...TUS } })).status, 204);
  t.is((await fetch(given, { method: "HEAD", headers: { ...headers, ...TUS } })).status, 404);
});

test.serial(
  "an upload that a kill -9 cuts in the middle goes on after the restart, and its hash is right",
  async (t) => {
    const site = await siteWithFiles(t, { maxMegabytes: 200 });
    let headers = await headersOf(site, "chenxiao");
    const content = Buffer.from(randomBytes(75_000_000).toString("base64"));
    const url = await begin(site, headers, content.length);
    for (let kills = 0; kills < 2; kills += 1) {
      const offset = await offsetOf(url, headers);
      const sending = request(url, {
        method: "PATCH",
        headers: { ...headers, ...PART, "upload-offset": offset, "content-length": content.length - offset },
      });
      sending.on("error", () => undefined);
      for (let at = offset; at < Math.min(content.length, offset + 34_000_000); at += 1_000_000) {
        sending.write(content.subarray(at, Math.min(content.length, at + 1_000_000)));
        await sleep(4);
      }
      await until(async () => (await sizeOf(site, url)) > offset + 33_900_000);
      await sleep(200);
      await site.kill();
      sending.destroy();
      await site.restart();
      headers = await headersOf(site, "chenxiao");
    }
    const offset = await offsetOf(url, headers);
    t.true(offset > 33_000_000, `what was durable is kept: ${offset}`);
    t.true(offset < content.length);
    t.is((await patch(url, headers, offset, content.subarray(offset))).status, 204);
    const { file } = (await (await fetch(url, { headers })).json()) as { file: { file: string; sha256: string } };
    t.is(file.sha256, sha256(content));
    const back = await fetch(`${site.url}/api/v1/files/${file.file}`, { headers });
    t.is(sha256(Buffer.from(await back.arrayBuffer())), file.sha256);
    t.deepEqual(await contentsOf(site), [file.sha256]);
  },
);

/** Bytes of an upload that lie in the kernel's folder. */
async function sizeOf(site: TestSite, url: string): Promise<number> {
  return (await stat(join(site.data, "files", "incoming", url.split("/").at(-1) ?? ""))).size;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) if (await done()) return;
  throw new Error("it did not come about in 20 s");
}

/** Sends a head and then body bytes as fast as they go, until the other side has had enough; what it said. */
async function flood(
  site: TestSite,
  head: string[],
  bytes: number,
  part: Buffer,
): Promise<{ said: string; sent: number }> {
  const socket = connect(Number(new URL(site.url).port), "127.0.0.1");
  let said = "";
  let sent = 0;
  socket.on("data", (data: Buffer) => (said += data.toString("latin1")));
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  while (sent < bytes && !socket.destroyed) {
    sent += part.length;
    if (!socket.write(part)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
  }
  await Promise.race([closed, sleep(5_000)]);
  socket.destroy();
  return { said, sent };
}

const rawHead = (headers: Headers, more: string[]): string[] => [
  "PUT /api/v1/files?name=a.txt HTTP/1.1",
  "Host: 127.0.0.1",
  `Cookie: ${headers["cookie"] ?? ""}`,
  "X-Jinshui: 1",
  "Content-Type: text/plain",
  ...more,
];

// checklist: 60
test.serial(
  "five gigabytes against a cap of fifty megabytes: 413, little memory, nothing left, announced or not",
  async (t) => {
    const site = await siteWithFiles(t);
    const headers = await headersOf(site, "chenxiao");
    await flood(site, rawHead(headers, ["Content-Length: 3"]), 3, Buffer.from("abc"));
    const before = await memoryOf(site);
    let most = before;
    const watch = setInterval(() => void memoryOf(site).then((now) => (most = Math.max(most, now))), 50);
    const GB5 = 5 * 1024 ** 3;
    const announced = await flood(
      site,
      rawHead(headers, [`Content-Length: ${GB5}`]),
      GB5,
      Buffer.alloc(1_048_576, "x"),
    );
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(1_048_576, "x"), Buffer.from("\r\n")]);
    const unannounced = await flood(site, rawHead(headers, ["Transfer-Encoding: chunked"]), GB5, chunk);
    clearInterval(watch);
    t.log(
      `memory ${before.toFixed(0)} MB, at most ${most.toFixed(0)} MB; sent ${announced.sent} and ${unannounced.sent} bytes`,
    );
    for (const { said } of [announced, unannounced]) t.regex(said, /^HTTP\/1\.1 413 /);
    t.true(most - before <= 64, `memory rose by ${(most - before).toFixed(0)} MB`);
    t.is((await contentsOf(site)).length, 1);
  },
);

test.serial("a sender of one byte a second is cut off; a broken one leaves nothing", async (t) => {
  const site = await siteWithFiles(t);
  const headers = await headersOf(site, "chenxiao");
  const socket = connect(Number(new URL(site.url).port), "127.0.0.1");
  let said = "";
  socket.on("data", (data: Buffer) => (said += data.toString("latin1")));
  socket.on("error", () => undefined);
  socket.write(`${rawHead(headers, ["Content-Length: 1000"]).join("\r\n")}\r\n\r\n`);
  const began = Date.now();
  const drip = setInterval(() => socket.write("x"), 1_000);

  const cut = connect(Number(new URL(site.url).port), "127.0.0.1");
  cut.write(`${rawHead(headers, ["Content-Length: 1000"]).join("\r\n")}\r\n\r\nonly these`);
  await sleep(200);
  cut.destroy();

  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  clearInterval(drip);
  const seconds = (Date.now() - began) / 1_000;
  t.regex(said, /^HTTP\/1\.1 408 [^]*upload-too-slow/);
  t.true(seconds >= 25 && seconds <= 36, `cut off after ${seconds} s`);
  t.deepEqual(await contentsOf(site), []);
});

test.serial("a ticket lets its holder upload one file, plainly or in parts, and no other", async (t) => {
  const site = await siteWithFiles(t);
  const database = await openDatabase(`sqlite:${join(site.data, "site.sqlite")}`);
  t.teardown(() => database.close());
  const files = testFiles(database, join(site.data, "files"));
  const issue = async (): Promise<Headers> => {
    const { ticket } = await files.allowUpload({ plugin: "asset-tracking" }, "wuhu");
    return { "jinshui-ticket": ticket, "x-jinshui": "1" };
  };
  const put = (headers: Headers): Promise<Response> =>
    fetch(`${site.url}/api/v1/files?name=a.txt`, { method: "PUT", headers, body: "内容" });
  const once = await issue();
  const answer = await put(once);
  t.is(answer.status, 200);
  const { file } = (await answer.json()) as { file: string };
  t.is((await files.read(file, "wuhu")).uploadedBy, "plugin:asset-tracking");
  t.is((await put(once)).status, 410);
  t.is((await put({ "jinshui-ticket": "x", "x-jinshui": "1" })).status, 403);

  const mine = await issue();
  const content = Buffer.from("内容");
  const url = await begin(site, mine, content.length);
  t.is((await patch(url, await issue(), 0, content)).status, 403);
  t.is((await patch(url, mine, 0, content.subarray(0, 2))).status, 204);
  t.is((await patch(url, mine, 2, content.subarray(2))).status, 204);
  const retried = await fetch(`${site.url}/api/v1/uploads`, {
    method: "POST",
    headers: { ...mine, ...TUS, "upload-length": "6", "upload-metadata": metadata("a.txt") },
  });
  t.is(retried.status, 410);
});

test.serial("whatever the headers, nothing hangs and nothing is our fault", async (t) => {
  const site = await siteWithFiles(t, { uploadsPerPerson: 100 });
  const headers = await headersOf(site, "chenxiao");
  const put = await fetch(`${site.url}/api/v1/files?name=a.txt`, { method: "PUT", headers, body: "内容".repeat(100) });
  const { file } = (await put.json()) as { file: string };
  const link = await fetch(`${site.url}/api/v1/files/${file}?inline=1`, { headers, redirect: "manual" });
  const url = `${site.url}${link.headers.get("location") ?? ""}`;
  const upload = await begin(site, headers, 1_000);
  const text = fc.string({
    unit: fc.constantFrom(..."0 1 9 - = , ; a b z + / % * \u00e9 bytes filename".split(" "), " ", "\t", '"'),
    maxLength: 60,
  });
  const number = fc.oneof(
    fc.integer().map(String),
    fc.constantFrom("9007199254740993", "1e3", "0x10", "", "NaN", "-0"),
    text,
  );
  const range = fc.oneof(
    text,
    fc.tuple(number, number).map(([from, to]) => `bytes=${from}-${to}`),
  );
  const pairs = fc.array(fc.tuple(text, fc.base64String({ maxLength: 40 })), { maxLength: 4 });
  const told = fc.oneof(
    text,
    pairs.map((all) => all.map((pair) => pair.join(" ")).join(",")),
  );
  const quick = async (path: string, init: RequestInit): Promise<void> => {
    const answer = await fetch(path, { ...init, signal: AbortSignal.timeout(5_000) });
    t.true(answer.status < 500, `${init.method} ${JSON.stringify(init.headers)} → ${answer.status}`);
    await answer.arrayBuffer();
  };
  const safe = (value: string): string => value.replace(/[^\t -~\u0080-\u00ff]/g, "");
  await fc.assert(
    fc.asyncProperty(range, told, number, text, async (asked, meta, count, other) => {
      await quick(url, { method: "GET", headers: { range: safe(asked), "if-range": safe(other) } });
      await quick(`${site.url}/api/v1/uploads`, {
        method: "POST",
        headers: {
          ...headers,
          ...TUS,
          "upload-length": safe(count),
          "upload-metadata": safe(meta),
          "upload-checksum": safe(other),
        },
      });
      await quick(upload, {
        method: "PATCH",
        headers: { ...headers, ...PART, "upload-offset": safe(count), "upload-checksum": safe(other) },
        body: "",
      });
      await quick(`${site.url}/files/${encodeURIComponent(other)}/${encodeURIComponent(meta)}x`, { method: "GET" });
      await quick(`${site.url}/files/%ff%${other.length}/x`, { method: "GET" });
      await quick(`${upload}${encodeURIComponent(other)}`, { method: "HEAD", headers: { ...headers, ...TUS } });
    }),
    { numRuns: 60 },
  );
  t.is((await fetch(`${site.url}/readyz`)).status, 200);
});
