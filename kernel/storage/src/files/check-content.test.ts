import { isJinshuiError } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docx, ofd, zip } from "../testing/zip.js";
import { checkContent } from "./check-content.js";
import { USUAL_TYPES } from "./file-types.js";

async function check(
  t: ExecutionContext,
  content: Buffer | string,
  name: string,
  claimed = "",
  types = USUAL_TYPES,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-content-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "x"), content);
  try {
    return await checkContent(join(folder, "x"), name, claimed, types);
  } catch (error) {
    if (!isJinshuiError(error)) throw error;
    return `${error.code} ${String(error.details?.["reason"] ?? "")}`.trim();
  }
}

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const exe = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(300)]);
const elf = Buffer.concat([Buffer.from("\u007fELF", "latin1"), Buffer.alloc(300)]);
const word97 = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(1_000)]);
const gbk = Buffer.from("b1e0bac52cc3fbb3c6", "hex");
const mp4 = Buffer.concat([Buffer.from("00000018667479706d703432000000006d70343269736f6d", "hex"), Buffer.alloc(100)]);

// checklist: 40
test("a file is what its bytes say: office documents, OFD, WPS, pictures, texts, videos", async (t) => {
  const cases: [Buffer | string, string, string][] = [
    ["%PDF-1.7\n", "报告.pdf", "application/pdf"],
    [docx(), "通知.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    [ofd(), "发票.ofd", "application/ofd"],
    [word97, "旧文.doc", "application/msword"],
    [word97, "文.wps", "application/vnd.ms-works"],
    [docx(), "新.wps", "application/vnd.ms-works"],
    ["{\\rtf1 x}", "a.doc", "application/msword"],
    [
      zip([{ name: "mimetype", content: "application/vnd.oasis.opendocument.spreadsheet" }]),
      "a.ods",
      "application/vnd.oasis.opendocument.spreadsheet",
    ],
    [
      zip([
        { name: "说明/一.txt", content: "一" },
        { name: "说明/", content: "" },
      ]),
      "a.zip",
      "application/zip",
    ],
    [png, "章.PNG", "image/png"],
    [mp4, "会议.mp4", "video/mp4"],
    ["编号,名称\n", "a.csv", "text/csv; charset=utf-8"],
    [gbk, "a.csv", "text/csv; charset=gb18030"],
    ['<?xml version="1.0"?><!-- x --><definitions/>', "流程.bpmn", "application/xml"],
    ["<definitions>\n</definitions>\n", "流程.bpmn", "application/xml"],
    ["a < b 且 b > c", "a.txt", "text/plain; charset=utf-8"],
  ];
  for (const [content, name, type] of cases) t.is(await check(t, content, name), type, name);
});

test("name and content that contradict each other are refused, and both are named", async (t) => {
  const cases: [Buffer | string, string][] = [
    [exe, "报告.pdf"],
    [elf, "报告.docx"],
    [exe, "说明.txt"],
    [png, "照片.jpg"],
    ["%PDF-1.7", "a.docx"],
    [zip([{ name: "x.txt", content: "x" }]), "a.docx"],
    [zip([{ name: "META-INF/MANIFEST.MF", content: "x" }]), "a.zip"],
    [docx([{ name: "word/vbaProject.bin", content: "x" }]), "宏.docx"],
    ["<!DOCTYPE html><script>alert(1)</script>", "a.txt"],
    ["\ufeff  <!-- x --><HTML>", "a.csv"],
    ['<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.xml"],
    ['<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>', "a.xml"],
    ['<!DOCTYPE x [<!ENTITY a "b">]><svg/>', "a.xml"],
    ["<svg onload=alert(1)>", "图.png"],
    [Buffer.from([0, 1, 2, 3]), "a.txt"],
  ];
  for (const [content, name] of cases) t.is(await check(t, content, name), "invalid-file file-content", name);
});

test("what the sender claims must fit too, but what systems call a file by old habit is let through", async (t) => {
  t.is(await check(t, "%PDF-1.7", "a.pdf", "image/png"), "invalid-file file-claim");
  t.is(await check(t, png, "a.png", "text/html"), "invalid-file file-claim");
  t.is(await check(t, "a,b", "a.csv", "application/vnd.ms-excel"), "text/csv; charset=utf-8");
  t.is(await check(t, docx(), "a.docx", "application/zip"), await check(t, docx(), "b.docx"));
  t.is(await check(t, "%PDF-1.7", "a.pdf", "application/octet-stream"), "application/pdf");
});

test("a type the site does not take is refused by its name; one it adds is taken, but never for a program or a page", async (t) => {
  t.is(await check(t, exe, "a.exe"), "invalid-file file-type");
  t.is(await check(t, "<html>", "a.html"), "invalid-file file-type");
  t.is(await check(t, "x", "无扩展名"), "invalid-file file-type");
  t.is(await check(t, Buffer.from([0, 1, 2]), "图纸.dwg", "", ["dwg"]), "application/octet-stream");
  t.is(await check(t, exe, "图纸.dwg", "", ["dwg"]), "invalid-file file-content");
  t.is(await check(t, "<html>", "图纸.dwg", "", ["dwg"]), "invalid-file file-content");
  t.is(await check(t, "<svg/>", "图.svg", "", ["svg"]), "image/svg+xml");
});

// checklist: 40
test("archives that burst, hide, lead out, link, repeat or nest too deep are refused, each with its reason", async (t) => {
  const nested = (depth: number): Buffer =>
    depth === 0 ? Buffer.from("x") : zip([{ name: "a.zip", content: nested(depth - 1) }]);
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  const cases: Record<string, [Buffer, string]> = {
    ratio: [zip([{ name: "a", content: zeros, deflate: true }]), "too-large"],
    "nested ratio": [
      zip([{ name: "a.zip", content: zip([{ name: "a", content: zeros, deflate: true }]) }]),
      "too-large",
    ],
    entries: [zip(Array.from({ length: 10_001 }, (_, n) => ({ name: `${n}` }))), "too-large"],
    overlap: [
      zip([
        { name: "0", content: Buffer.alloc(90_000, "x") },
        ...Array.from({ length: 50 }, (_, n) => ({ name: `s${n}`, sameAs: 0 })),
      ]),
      "invalid-file archive-overlap",
    ],
    hidden: [
      zip([
        { name: "a", content: "x" },
        { name: "b", content: Buffer.alloc(90_000, "x"), hidden: true },
      ]),
      "invalid-file archive-hidden",
    ],
    parent: [zip([{ name: "../a", content: "x" }]), "invalid-file archive-path"],
    "parent within": [zip([{ name: "a/../../b", content: "x" }]), "invalid-file archive-path"],
    backslash: [zip([{ name: "..\\a", content: "x" }]), "invalid-file archive-path"],
    absolute: [zip([{ name: "/etc/passwd", content: "x" }]), "invalid-file archive-path"],
    drive: [zip([{ name: "C:/a", content: "x" }]), "invalid-file archive-path"],
    link: [zip([{ name: "a", content: "/etc/passwd", mode: 0o120777 }]), "invalid-file archive-link"],
    device: [zip([{ name: "a", mode: 0o060644 }]), "invalid-file archive-link"],
    duplicate: [
      zip([
        { name: "a", content: "x" },
        { name: "a", content: "y" },
      ]),
      "invalid-file archive-duplicate",
    ],
    "case-folded duplicate": [zip([{ name: "Read.me" }, { name: "read.ME" }]), "invalid-file archive-duplicate"],
    encrypted: [
      zip([{ name: "a", content: "xxxxxxxxxxxxx", claimedSize: 1, flags: 1 }]),
      "invalid-file archive-encrypted",
    ],
    depth: [nested(5), "invalid-file archive-depth"],
    "wrong size": [
      zip([{ name: "a", content: "xxxx", deflate: true, claimedSize: 1 }]),
      "invalid-file archive-unreadable",
    ],
    truncated: [zip([{ name: "a", content: "xxxx" }]).subarray(0, -10), "invalid-file archive-unreadable"],
    "no archive": [Buffer.from("PK\u0003\u0004 nothing"), "invalid-file archive-unreadable"],
  };
  for (const [what, [content, expected]] of Object.entries(cases))
    t.is(await check(t, content, "a.zip"), expected, what);
  t.is(await check(t, nested(4), "a.zip"), "application/zip", "four levels");
});

test("whatever the bytes and the name, the answer is a type or an error of ours, and comes soon", async (t) => {
  const start = [
    "PK\u0003\u0004",
    "%PDF",
    "<?xml ",
    "<!doctype x [",
    "<!--",
    "<?",
    "RIFF",
    "\u0000\u0000\u0000\u0018ftyp",
    "",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...start),
      fc.uint8Array({ maxLength: 3_000 }),
      fc.constantFrom(...USUAL_TYPES),
      async (head, rest, type) => {
        const began = performance.now();
        await check(t, Buffer.concat([Buffer.from(head, "latin1"), rest]), `a.${type}`);
        t.true(performance.now() - began < 1_000);
      },
    ),
    { numRuns: 300 },
  );
  const evil = ["<!doctype a ".repeat(8_000), "<!--".repeat(16_000), "<?".repeat(32_000), "<!doctype x[".repeat(5_000)];
  for (const text of evil) {
    const began = performance.now();
    await check(t, text, "a.xml");
    t.true(performance.now() - began < 500, text.slice(0, 12));
  }
});
