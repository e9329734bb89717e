import { eachDatabase } from "@jinshui/storage/testing/ava";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SigningSite } from "../testing/signing-site.js";
import { codeOf } from "../testing/site.js";

/** What a program says; nothing where it is not installed. */
function run(program: string, args: string[]): { status: number | null; said: string } | undefined {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return error ? undefined : { status, said: stdout + stderr };
}

/** The signed bytes of a PDF and the CMS over them, by its ByteRange. */
function takeApart(pdf: Buffer): { content: Buffer; cms: Buffer } {
  const [, ...numbers] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)/.exec(pdf.toString("latin1")) ?? [];
  const [start = 0, length = 0, from = 0, rest = 0] = numbers.map(Number);
  const hex = pdf.subarray(start + length + 1, from - 1).toString("latin1");
  return {
    content: Buffer.concat([pdf.subarray(start, start + length), pdf.subarray(from, from + rest)]),
    cms: Buffer.from(hex, "hex"),
  };
}

eachDatabase(
  "a finished matter comes as a PDF that others can read and check, and that shows a change",
  async (t, db) => {
    const signing = await SigningSite.open(db);
    const { site } = signing;
    await signing.giveKey("wanggang", "sm2");
    await signing.giveKey("zhaomin", "rsa");
    await site.start({ reason: "𬍛喆①新到岗" }, "signed");
    await signing.sign("wanggang", "approve", { opinion: "同意，请信息中心办理" });
    await signing.sign("zhaomin", "handover", { values: { item: { id: "i1", title: "台式机 A-1" } } });
    await site.handlers.completeJob({ job: (await site.job()).id, variables: {} }, site.plugin);
    const [archived] = (await site.handlers.archives({}, await site.as("lixia"))).archives;
    const id = archived?.id ?? "";
    t.is(
      await codeOf(site.handlers.archiveDocument({ id }, await site.as("qianli"))),
      "not-found",
      "not for everybody",
    );
    const file = await site.handlers.archiveDocument({ id }, await site.as("lixia"));
    t.like(file, { mediaType: "application/pdf" });
    t.like(await db.database.findOne("audit_entry", { action: "print-archive" }), { resource: `archive/${id}` });

    const folder = await mkdtemp(join(tmpdir(), "jinshui-pdf-"));
    const stored = await site.files.read(file.file, "wuhu");
    const pdf = await readFile(stored.path);
    const [whole, changed, authority] = [
      join(folder, "whole.pdf"),
      join(folder, "changed.pdf"),
      join(folder, "ca.pem"),
    ];
    await writeFile(whole, pdf);
    const bytes = Buffer.from(pdf);
    bytes[2_000] = (bytes[2_000] ?? 0) ^ 1;
    await writeFile(changed, bytes);
    await writeFile(authority, (await site.signatures.handlers.authority({}, await site.as("lixia"))).pem);

    const [content, cms] = [join(folder, "content"), join(folder, "cms")];
    const check = async (document: Buffer): Promise<number | null | undefined> => {
      const parts = takeApart(document);
      await writeFile(content, parts.content);
      await writeFile(cms, parts.cms);
      const args = ["-verify", "-binary", "-inform", "DER", "-in", cms, "-content", content, "-CAfile", authority];
      return run("openssl", ["cms", ...args, "-purpose", "any", "-out", join(folder, "out")])?.status;
    };
    const status = await check(pdf);
    if (status === undefined) t.log("openssl is not installed: the signature is not checked by another program");
    else {
      t.is(status, 0, "the site's authority vouches for it");
      t.not(await check(bytes), 0, "a flipped bit");
    }
    const seen = run("pdfsig", [whole]);
    if (seen === undefined) t.log("poppler-utils is not installed: no reader of PDF has looked at it");
    else {
      t.regex(seen.said, /Signature is Valid/);
      t.regex(seen.said, /Total document signed/);
      t.notRegex(run("pdfsig", [changed])?.said ?? "", /Signature is Valid/);
      const text = run("pdftotext", ["-layout", whole, "-"])?.said ?? "";
      for (const words of [
        "新到岗",
        "台式机 A-1",
        "同意，请信息中心办理",
        "王刚（科长）",
        "已签名 · 有效",
        "SM2（SM3）",
        "RSA-PSS",
        "第 1 页",
      ])
        t.true(text.includes(words), words);
    }
  },
);
