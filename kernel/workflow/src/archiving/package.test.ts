import { canonicalJson, zipParts } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkflowSite } from "../testing/site.js";
import { sha256Of } from "./archive-content.js";
import { verifyPackage } from "./verify-package.js";
import { readZipParts } from "@jinshui/storage";

const ATTACHED = "附件内容\n";

async function* pieces(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

/** A matter with an attachment that has ended, and its archive as a file. */
async function exported(site: WorkflowSite): Promise<{ path: string; seal: string; parts: Map<string, string> }> {
  const about = { name: "说明.txt", mediaType: "text/plain", bureau: "wuhu", actor: "x" };
  const { file, name, size, sha256 } = await site.files.put(pieces(ATTACHED), about);
  const id = await site.start();
  await site.act("wanggang", "approve", {}, { opinion: "同意" });
  await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } });
  const papers = [
    { file, name, size, sha256 },
    { file: "no-such-file", name, size, sha256 },
  ];
  await site.handlers.completeJob({ job: (await site.job()).id, variables: { papers } }, site.plugin);
  const row = await site.db.database.findOne("wf_archive", { instance: id });
  const package_ = await site.handlers.archivePackage({ id: String(row?.["id"]) }, await site.as("lixia"));
  const stored = await site.files.read(package_.file, "wuhu");
  const path = join(await mkdtemp(join(tmpdir(), "jinshui-archive-")), "archive.zip");
  await writeFile(path, await readFile(stored.path));
  const parts = new Map<string, string>();
  for await (const part of readZipParts(path)) {
    const chunks: Buffer[] = [];
    for await (const chunk of await part.content()) chunks.push(chunk);
    parts.set(part.path, Buffer.concat(chunks).toString("utf8"));
  }
  return { path, seal: String(row?.["sha256"]), parts };
}

async function written(path: string, parts: ReadonlyMap<string, string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of zipParts([...parts].map(([part, content]) => ({ path: part, content }))))
    chunks.push(chunk);
  const target = `${path}.${Math.random()}`;
  await writeFile(target, Buffer.concat(chunks));
  return target;
}

/** The manifest as somebody would write it who wants changed parts to pass. */
function forged(
  parts: Map<string, string>,
  seal: (manifest: Record<string, unknown>) => void = () => undefined,
): Map<string, string> {
  const { sha256: _, ...manifest } = JSON.parse(parts.get("manifest.json") ?? "{}") as Record<string, unknown>;
  manifest["parts"] = (manifest["parts"] as { path: string }[]).map(({ path }) => {
    const text = parts.get(path) ?? "";
    return { path, bytes: Buffer.byteLength(text), sha256: sha256Of(text) };
  });
  seal(manifest);
  const whole = { ...manifest, sha256: sha256Of(canonicalJson(manifest)) };
  return new Map([...parts, ["manifest.json", JSON.stringify(whole)]]);
}

eachDatabase("an archive as a file proves itself without the site, and shows every change", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { path, seal, parts } = await exported(site);
  const attachment = `attachments/${sha256Of(ATTACHED)}`;
  t.deepEqual([...parts.keys()].sort(), [
    "about.json",
    "attachments.json",
    attachment,
    "data.json",
    "forms.json",
    "history.json",
    "manifest.json",
    "opinions.json",
    "signatures.json",
  ]);
  t.regex(parts.get("opinions.json") ?? "", /同意/);
  t.is(parts.get(attachment), ATTACHED);
  const whole = await verifyPackage(path, seal);
  t.deepEqual(whole.faults, []);
  t.like(whole.manifest, { retention: "10", seal });
  t.deepEqual((await verifyPackage(await written(path, parts))).faults, [], "however it was packed");
  t.like(await db.database.findOne("file_link", { collection: "workflow.archive" }), { field: "papers" });

  for (const name of parts.keys()) {
    const changed = new Map([...parts, [name, `${parts.get(name)?.replace("1", "2")} `]]);
    const { faults } = await verifyPackage(await written(path, changed));
    t.true(faults.length > 0, `${name} changed`);
    const less = new Map([...parts].filter(([part]) => part !== name));
    t.true((await verifyPackage(await written(path, less))).faults.length > 0, `${name} left out`);
    if (name === "manifest.json") continue;
    const covered = forged(
      new Map([...parts, [name, (parts.get(name) ?? "").replace(/同意|台式机|新到岗|2026|附件|10|"|\[/, "x")]]),
    );
    t.deepEqual(
      (await verifyPackage(await written(path, covered))).faults,
      [{ kind: "seal" }],
      `${name} changed, and the manifest with it`,
    );
  }
  const more = await verifyPackage(await written(path, new Map([...parts, ["more.txt", "x"]])));
  t.deepEqual(more.faults, [{ kind: "added", path: "more.txt" }]);

  const resealed = forged(parts, (manifest) => (manifest["seal"] = "0".repeat(64)));
  t.deepEqual((await verifyPackage(await written(path, resealed))).faults, [{ kind: "seal" }]);
  t.deepEqual((await verifyPackage(path, "1".repeat(64))).faults, [{ kind: "seal" }], "not the one the trail tells of");
  await t.throwsAsync(verifyPackage(join(import.meta.dirname, "package.test.js")), { code: "invalid-file" } as never);
});
