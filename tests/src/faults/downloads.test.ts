import { FileRef } from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { EICAR, startClamd } from "@jinshui/storage/testing";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { contentsOf, headersOf, root, siteWithFiles } from "../site-files.js";

type Headers = Record<string, string>;

async function put(site: TestSite, headers: Headers, name: string, body: string | Buffer): Promise<FileRef> {
  const answer = await fetch(`${site.url}/api/v1/files?name=${encodeURIComponent(name)}`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: new Uint8Array(Buffer.from(body)),
  });
  return checked(FileRef, await answer.json(), "PUT");
}

/** A command of the administrator's. */
function jinshui(site: TestSite, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const args = [join(root, "sdk/cli/bin/jinshui.js"), ...words, "--site", site.url, "--user", "sunjie"];
  const env = { ...process.env, JINSHUI_PASSWORD: "jinshui-demo-2005", LC_ALL: "C.UTF-8" };
  return new Promise((done) =>
    execFile(process.execPath, args, { env }, (error, out, err) => done({ code: Number(error?.code ?? 0), out, err })),
  );
}

/** A link to a file, as a page gets it. */
async function linkTo(site: TestSite, headers: Headers, file: string, query = ""): Promise<string> {
  const answer = await fetch(`${site.url}/api/v1/files/${file}${query}`, { headers, redirect: "manual" });
  return `${site.url}${answer.headers.get("location") ?? ""}`;
}

let plain: Promise<TestSite>;
test.before(() => void (plain = siteWithFiles({ teardown: (end) => (stop = end) })));
test.after.always(async () => {
  await plain;
  await stop();
});
let stop = (): Promise<void> => Promise.resolve();

/** Status of a request by way of a proxy that passes the host on. */
function statusAt(site: TestSite, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(`${site.url}${path}`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", reject);
  });
}

const pdf = `%PDF-1.7\n${"x".repeat(5_000)}`;

// checklist: 53
test.serial("a download needs no session, works once, and can neither run nor be cached nor frame", async (t) => {
  const site = await plain;
  const headers = await headersOf(site, "chenxiao");
  const { file } = await put(site, headers, "关于“金税”的报告 (1).pdf", pdf);
  const url = await linkTo(site, headers, file);
  const head = await fetch(url, { method: "HEAD" });
  t.is(head.status, 200);
  t.is(head.headers.get("content-length"), String(pdf.length));
  const answer = await fetch(url);
  t.is(await answer.text(), pdf);
  const told = Object.fromEntries(answer.headers);
  t.like(told, {
    "cache-control": "no-store",
    "content-security-policy": "sandbox; default-src 'none'",
    "content-type": "application/octet-stream",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
  });
  t.is(told["set-cookie"], undefined);
  const name = encodeURIComponent("关于“金税”的报告 (1).pdf").replace(
    /[()]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  t.regex(told["content-disposition"] ?? "", /^attachment; filename="/);
  t.true((told["content-disposition"] ?? "").toLowerCase().includes(`filename*=utf-8''${name.toLowerCase()}`));
  const again = await fetch(url);
  t.is(again.status, 410);
  t.like(await again.json(), { code: "ticket-used" });
  t.is((await fetch(`${site.url}/files/${"a".repeat(43)}/x.pdf`)).status, 403);
  t.is((await fetch(`${site.url}/api/v1/files/${file}`, { redirect: "manual" })).status, 401);
});

test.serial("another bureau's file is not there, nor is a colleague's that no record holds", async (t) => {
  const site = await plain;
  const mine = await headersOf(site, "chenxiao");
  const { file } = await put(site, mine, "a.pdf", pdf);
  for (const other of ["wanggang", "sunjie"]) {
    const headers = await headersOf(site, other);
    for (const path of ["", "/info"])
      t.is(
        (await fetch(`${site.url}/api/v1/files/${file}${path}`, { headers, redirect: "manual" })).status,
        404,
        other,
      );
    const claim = await fetch(`${site.url}/api/v1/files/${file}/claim`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: "{}",
    });
    t.is(claim.status, 404, other);
  }
  t.is((await fetch(`${site.url}/api/v1/files/${file}/info`, { headers: mine })).status, 200);
});

test.serial("ranges: one at a time, under a condition, again and again for what a page shows", async (t) => {
  const site = await plain;
  const headers = await headersOf(site, "chenxiao");
  const { file, sha256 } = await put(site, headers, "a.pdf", pdf);
  const url = await linkTo(site, headers, file, "?inline=1");
  const ranged = async (range: string, more: Headers = {}): Promise<[number, string, string | null]> => {
    const answer = await fetch(url, { headers: { range, ...more } });
    return [answer.status, await answer.text(), answer.headers.get("content-range")];
  };
  const size = pdf.length;
  t.deepEqual(await ranged("bytes=0-3"), [206, "%PDF", `bytes 0-3/${size}`]);
  t.deepEqual(await ranged("bytes=-2"), [206, "xx", `bytes ${size - 2}-${size - 1}/${size}`]);
  t.deepEqual(await ranged(`bytes=${size - 1}-`), [206, "x", `bytes ${size - 1}-${size - 1}/${size}`]);
  t.deepEqual(await ranged("bytes=0-999999"), [206, pdf, `bytes 0-${size - 1}/${size}`]);
  for (const none of [`bytes=${size}-`, "bytes=0-1,4-5", "bytes=-0"]) {
    const [status, , told] = await ranged(none);
    t.deepEqual([status, told], [416, `bytes */${size}`], none);
  }
  for (const ignored of ["bytes=x", "bytes=5-2", "lines=1-2", "bytes"]) t.is((await ranged(ignored))[0], 200, ignored);
  t.is((await ranged("bytes=0-3", { "if-range": `"${sha256}"` }))[0], 206);
  t.is((await ranged("bytes=0-3", { "if-range": '"another"' }))[0], 200);
  const shown = await fetch(url);
  t.is(shown.headers.get("content-type"), "application/pdf");
  t.regex(shown.headers.get("content-disposition") ?? "", /^inline/);
  t.is(shown.headers.get("content-security-policy"), "sandbox; default-src 'none'");
  const word = await put(site, headers, "a.rtf", "{\\rtf1 x}");
  const attached = await fetch(await linkTo(site, headers, word.file, "?inline=1"));
  t.regex(attached.headers.get("content-disposition") ?? "", /^attachment/, "what could do more is only ever saved");
});

test.serial(
  "a download that a proxy serves from its own host is found there and nowhere else, and nothing else is",
  async (t) => {
    const site = await siteWithFiles(t, { origin: "http://files.example" });
    const headers = await headersOf(site, "chenxiao");
    const { file } = await put(site, headers, "a.txt", "内容");
    const answer = await fetch(`${site.url}/api/v1/files/${file}`, { headers, redirect: "manual" });
    const location = answer.headers.get("location") ?? "";
    t.true(location.startsWith("http://files.example/files/"));
    const path = new URL(location).pathname;
    t.is(await statusAt(site, "files.example", "/api/v1/site"), 404);
    t.is(await statusAt(site, "files.example", "/"), 404);
    t.is(await statusAt(site, "bureau.example", path), 404);
    t.is(await statusAt(site, "bureau.example", "/"), 200);
    t.is(await statusAt(site, "files.example", path), 200);
    const policy = (await fetch(site.url)).headers.get("content-security-policy") ?? "";
    t.regex(policy, /img-src [^;]*http:\/\/files\.example/);
  },
);

test.serial("a damaged content is never sent, and the check of all files names it", async (t) => {
  const site = await plain;
  const headers = await headersOf(site, "chenxiao");
  const { file, sha256 } = await put(site, headers, "a.pdf", pdf);
  const path = join(site.data, "files", sha256.slice(0, 2), sha256);
  const bytes = await readFile(path);
  bytes[4_000] = (bytes[4_000] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const answer = await fetch(await linkTo(site, headers, file));
  t.is(answer.status, 500);
  t.like(await answer.json(), { code: "internal" });
  const { code, out } = await jinshui(site, "files", "verify");
  t.is(code, 1);
  t.regex(out, new RegExp(`^damaged  ${sha256}  .*${file}`, "m"));
});

test.serial("a file with a virus is refused with its name; the administrator sees it and lets it out", async (t) => {
  const scanner = await startClamd();
  if (!scanner) {
    t.log("skipped: clamav-daemon is not installed");
    t.pass();
    return;
  }
  t.teardown(() => scanner.close());
  const site = await siteWithFiles(t, { clamd: { address: scanner.address } });
  const headers = await headersOf(site, "chenxiao");
  const clean = await put(site, headers, "好.txt", "好");
  t.is(clean.state, "clean");
  const bad = await put(site, headers, "坏.txt", EICAR);
  t.is(bad.state, "infected");
  const answer = await fetch(`${site.url}/api/v1/files/${bad.file}`, { headers, redirect: "manual" });
  t.is(answer.status, 423);
  t.like(await answer.json(), {
    code: "file-infected",
    details: { name: "坏.txt", signature: "Eicar.Test.UNOFFICIAL" },
  });
  const list = async (username: string): Promise<Response> =>
    fetch(`${site.url}/api/v1/quarantined-files`, { headers: await headersOf(site, username) });
  t.is((await list("chenxiao")).status, 403);
  const { files } = (await (await list("sunjie")).json()) as { files: { file: string; bureau: string }[] };
  t.like(files[0], { file: bad.file, bureau: "wuhu-county" });
  const listed = await jinshui(site, "files", "quarantine", "list");
  t.is(listed.code, 1);
  t.regex(listed.out, new RegExp(`^${bad.file}  wuhu-county  .*  Eicar\\.Test\\.UNOFFICIAL  坏\\.txt\\n1 files`, "m"));
  t.is((await jinshui(site, "files", "quarantine", "release", bad.file)).code, 2, "not without a reason");
  await scanner.stop();
  const waiting = await put(site, headers, "等.txt", "等");
  t.is(waiting.state, "pending");
  const pending = await fetch(`${site.url}/api/v1/files/${waiting.file}`, { headers, redirect: "manual" });
  t.like(await pending.json(), { code: "file-pending", status: 409, retryable: true });
  t.is(pending.headers.get("retry-after"), "2");
  t.is((await contentsOf(site)).filter((name) => name === bad.sha256).length, 1);
  const release = await jinshui(site, "files", "quarantine", "release", bad.file, "--reason", "误报：演练用的测试文本");
  t.deepEqual([release.code, release.out], [0, `${bad.file} is released\n`]);
  t.is(await (await fetch(await linkTo(site, headers, bad.file))).text(), EICAR);
  const gone = await jinshui(site, "files", "quarantine", "delete", bad.file, "--reason", "已不在隔离区");
  t.is(gone.code, 1);
  t.regex(gone.err, /^not-found: There is no file .* in quarantine/);
  t.deepEqual(await jinshui(site, "files", "quarantine", "list"), {
    code: 0,
    out: "0 files in quarantine\n",
    err: "",
  });
});
