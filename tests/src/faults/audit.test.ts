import { auditApi, isJinshuiError, storageApi } from "@jinshui/contracts";
import { openDatabase } from "@jinshui/storage";
import { startMariaDb } from "@jinshui/storage/testing";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../../..");

function jinshui(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) =>
    execFile(
      process.execPath,
      [join(ROOT, "kernel/host/launch/jinshui.mjs"), ...args, "--language", "zh-CN"],
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    ),
  );
}

async function story(t: ExecutionContext, database?: string): Promise<void> {
  const site = await TestSite.start(database === undefined ? {} : { database });
  t.teardown(() => site.stop());
  const verify = (...args: string[]): Promise<{ code: number; output: string }> =>
    jinshui(
      "audit",
      "verify",
      "--data",
      site.data,
      ...(database === undefined ? [] : ["--database", database]),
      ...args,
    );

  const clerk = await site.signIn("chenxiao");
  const insert = { collection: "asset-tracking.equipment", values: { code: "WX-2005-00009", name: "机" } };
  const refused = await t.throwsAsync(clerk.client(storageApi).insert(insert));
  t.true(isJinshuiError(refused) && refused.status === 403);
  t.like(await t.throwsAsync(clerk.client(auditApi).list({})), { status: 403 });
  const auditor = await site.signIn("majing");
  const { entries } = await auditor.client(auditApi).list({ action: "sign-in" });
  t.like(entries[0], { actor: { name: "马静" }, caller: "gateway", address: "127.0.0.1", result: "ok" });

  const running = await verify();
  t.is(running.code, 0, running.output);
  t.regex(running.output, /全部完好/);
  for (const bureau of ["wuhu", "wuhu-county"]) t.regex(running.output, new RegExp(`^✓ ${bureau} {2}`, "m"));
  t.regex(running.output, /^○ fanchang {2}没有审计记录$/m, "a bureau where nobody has done anything");
  await site.shutDown();
  const files = await readdir(join(site.data, "audit-anchors"));
  t.true(files.includes("wuhu-county.jsonl") && files.includes("audit-anchor.pub.pem"), String(files));
  t.is((await stat(join(site.data, "keys/audit-anchor.pem"))).mode & 0o777, 0o600);
  const stopped = await verify("--json");
  const reports = stopped.output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { entries: number; anchors: number; waiting: number });
  t.is(stopped.code, 0, stopped.output);
  t.true(
    reports.every(({ entries, anchors, waiting }) => (anchors >= 1 || entries === 0) && waiting === 0),
    "all is linked and anchored at the end",
  );

  const db = await openDatabase(database ?? `sqlite:${join(site.data, "site.sqlite")}`);
  const denied = await db.findOne("audit_entry", { bureau: "wuhu-county", action: "storage.insert" });
  t.like(denied, {
    actor_name: "陈晓",
    result: "denied",
    reason: "forbidden",
    address: "127.0.0.1",
    caller: "gateway",
  });
  await db.transaction((tx) => tx.update("audit_entry", { id: Number(denied?.["id"]) }, { result: "ok" }));
  await db.close();
  const edited = await verify();
  t.is(edited.code, 1);
  t.regex(edited.output, new RegExp(`✗ wuhu-county[^]*第 ${String(denied?.["seq"])} 条被改动 · edited`));
  t.is((await verify("--bureau", "wuhu")).code, 0);
  t.is((await verify("--nonsense")).code, 2);
  t.is((await jinshui("audit", "verify", "--data", join(site.data, "nowhere"))).code, 2);
}

test("a site's audit chain is checked from outside while it runs and after; an edit behind its back is named [sqlite]", (t) =>
  story(t));

test("a site's audit chain is checked from outside while it runs and after; an edit behind its back is named [mariadb]", async (t) => {
  const maria = await startMariaDb();
  if (!maria) {
    t.log("skipped: mariadb-server is not installed");
    t.pass();
    return;
  }
  t.teardown(() => maria.stop());
  await story(t, await maria.url());
});
