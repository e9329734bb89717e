import { federationApi, organisationApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { siteWith } from "./federated-site.js";
import { root } from "./site-files.js";

const SECRET = "a-secret-of-a-machine-for-the-examples-here";
const SCOPES = ["storage:asset-tracking.view", "storage:asset-tracking.manage"];
const WUHU = `federation:
  clients:
    - id: reports
      title: { zh-CN: 报表系统 }
      secretSha256: ${createHash("sha256").update(SECRET).digest("hex")}
      scopes: ${JSON.stringify(SCOPES)}`;

/** What an example prints. */
async function run(name: string, ...args: string[]): Promise<string> {
  const file = join(root, "tests/examples", name);
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { timeout: 60_000 });
  return stdout;
}

/** Has the machine's scopes granted, by two persons. */
async function grant(site: TestSite): Promise<void> {
  const administrator = (await site.signIn("sunjie")).client(federationApi);
  const { change } = await administrator.proposeClientGrant({ client: "reports", scopes: SCOPES, reason: "报表需要" });
  await (await site.signIn("qianli")).client(organisationApi).decideChange({ change, approve: true });
}

test("a program with nothing but fetch gets a token, adds a record once, changes it and sees what has changed", async (t) => {
  const site = await siteWith(t, { wuhu: WUHU });
  await t.throwsAsync(
    run("records.mjs", site.url, "reports", SECRET),
    { message: /forbidden/ },
    "nothing is granted yet",
  );
  await grant(site);
  t.is(
    await run("records.mjs", site.url, "reports", SECRET),
    "added, and sent again: one record\nfound 1: 便携式计算机, version 2\nchanges: insert, update\n",
  );
});
