import type { ExecutionContext } from "ava";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { StorageService } from "../collections/service.js";
import type { Database } from "../database/database.js";
import { eachDatabase } from "../testing/each.js";
import { testFiles } from "../testing/files.js";
import { access, as, codeOf } from "../testing/storage-service.js";
import type { Scan } from "./clamd.js";

const scan: Scan = async (content) => ((await buffer(content)).includes("坏") ? { found: "Test.Virus" } : "clean");
const about = { name: "说明.txt", mediaType: "text/plain", bureau: "wuhu", actor: "陈晓" };
const text = (content: string): Readable => Readable.from([Buffer.from(content)]);
/** The city's administrator, and one of a county below. */
const city = as("孙洁:site.files");
const county = as("钱军:site.files", { bureau: "fanchang" });
const uploader = as("陈晓");
const reason = "厂家确认是误报";

async function open(t: ExecutionContext, database: Database): Promise<StorageService & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-files-"));
  const files = testFiles(database, folder, { scanner: { scan, required: true } });
  await files.start();
  const service = new StorageService(database, access, files);
  t.teardown(async () => {
    await service.stop();
    await files.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return Object.assign(service, { folder });
}

eachDatabase(
  "whoever administers files sees those in quarantine page by page, of the own bureaus only",
  async (t, db) => {
    const { files, handlers } = await open(t, db.database);
    const ids: string[] = [];
    for (const [at, bureau] of ["wuhu", "fanchang", "wuhu", "elsewhere"].entries())
      ids.unshift((await files.put(text(`坏 ${at}`), { ...about, bureau })).file);
    await files.put(text("好"), about);
    const first = await handlers.quarantinedFiles({ limit: 2 }, city);
    t.deepEqual(
      first.files.map(({ file }) => file),
      [ids[1]],
      "another site's bureau is not shown",
    );
    const second = await handlers.quarantinedFiles({ limit: 2, cursor: first.nextCursor ?? "" }, city);
    t.deepEqual(
      second.files.map(({ file, signature }) => [file, signature]),
      [
        [ids[2], "Test.Virus"],
        [ids[3], "Test.Virus"],
      ],
    );
    t.is(second.nextCursor, undefined);
    t.deepEqual(
      (await handlers.quarantinedFiles({}, county)).files.map(({ file }) => file),
      [ids[2]],
    );
    for (const call of [
      handlers.quarantinedFiles({}, uploader),
      handlers.releaseFile({ file: ids[3] ?? "", reason }, uploader),
      handlers.destroyFile({ file: ids[3] ?? "", reason }, uploader),
      handlers.releaseFile({ file: ids[3] ?? "", reason }, as("孙洁:site.files", { caller: "asset" })),
    ])
      t.is(await codeOf(t, call), "forbidden");
    t.is(await codeOf(t, handlers.releaseFile({ file: ids[3] ?? "", reason }, county)), "not-found");
    t.is(await codeOf(t, handlers.quarantinedFiles({ cursor: "x" }, city)), "invalid-request");
  },
);

eachDatabase("a released file is handed out again and stays so; who let it out and why is audited", async (t, db) => {
  const { files, handlers, folder } = await open(t, db.database);
  const { file, sha256 } = await files.put(text("坏"), about);
  t.is(await codeOf(t, handlers.claimFile({ file }, uploader)), "file-infected");
  await handlers.releaseFile({ file, reason }, city);
  t.deepEqual(await readdir(join(folder, "quarantine")), []);
  const { url } = await handlers.claimFile({ file }, uploader);
  const opened = await files.openWith(/\/files\/([^/]+)\//.exec(url)?.[1] ?? "");
  t.is((await buffer(await opened.content())).toString(), "坏");
  t.is((await handlers.quarantinedFiles({}, city)).files.length, 0);
  t.is(await codeOf(t, handlers.releaseFile({ file, reason }, city)), "not-found");
  t.is((await files.put(text("坏"), about)).state, "clean", "the same content is known to be none");
  const again = testFiles(db.database, folder, { scanner: { scan, required: true } });
  await again.start();
  t.is((await again.read(file, "wuhu")).state, "clean");
  await again.stop();
  const [entry] = await db.database.find("audit_entry", { where: { action: "file.release" } });
  t.like(entry, {
    resource: `file/${file}`,
    actor_name: "孙洁",
    before_value: { state: "infected", signature: "Test.Virus" },
    after_value: { name: "说明.txt", sha256, reason },
  });
});

// checklist: 54
eachDatabase(
  "a deleted content is gone for good; its file is still known, and it does not come in again",
  async (t, db) => {
    const { files, handlers, folder } = await open(t, db.database);
    const { file, sha256 } = await files.put(text("坏"), about);
    await handlers.destroyFile({ file, reason: "木马" }, city);
    t.deepEqual(await readdir(join(folder, "quarantine")), []);
    t.like(await handlers.fileInfo({ file }, uploader), { name: "说明.txt", state: "infected" });
    t.is(await codeOf(t, handlers.claimFile({ file }, uploader)), "file-infected");
    t.is(await codeOf(t, files.put(text("坏"), about)), "file-infected");
    t.is(await codeOf(t, handlers.releaseFile({ file, reason }, city)), "not-found");
    t.is(await db.database.count("audit_entry", { action: "file.destroy", resource: `file/${file}` }), 1);
    files.startCheck();
    while (files.check.running) await new Promise((resolve) => setTimeout(resolve, 10));
    t.deepEqual(
      files.check.problems.filter((problem) => problem.sha256 === sha256),
      [],
    );
  },
);

eachDatabase("a content that a bureau above has as well is not decided on from below", async (t, db) => {
  const { files, handlers } = await open(t, db.database);
  const below = await files.put(text("坏"), { ...about, bureau: "fanchang" });
  // the same content came to the city before anything was known of it
  await db.database.transaction(async (tx) => {
    const row = await tx.findOne("file", { id: below.file });
    await tx.insert("file", { ...row, id: "above", bureau: "wuhu" });
  });
  t.is(await codeOf(t, handlers.releaseFile({ file: below.file, reason }, county)), "forbidden");
  t.is(await codeOf(t, handlers.destroyFile({ file: below.file, reason }, county)), "forbidden");
  await handlers.releaseFile({ file: below.file, reason }, city);
  t.is(await db.database.count("audit_entry", { action: "file.release" }), 2, "one for each bureau's file");
});
