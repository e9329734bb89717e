import { workflowApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test from "ava";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let site: TestSite;
test.before("start a site", async () => {
  site = await TestSite.start();
});
test.after.always("stop it", () => site.stop());

function archive(...words: string[]): { code: number | null; said: string } {
  const command = ["kernel/host/launch/jinshui.mjs", "archive", ...words, "--language", "zh-CN"];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

test("an archive is exported from the site's own data and checked where no site is", async (t) => {
  const clerk = (await site.signIn("hanbo")).client(workflowApi);
  const { definitions } = await clerk.definitions({ limit: 200 });
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const values = { category: "desktop", reason: "旧事", place: "大厅" };
  const { id, number } = await clerk.start({ definition, values });
  await clerk.cancelInstance({ id, reason: "不需要了" });
  const seal = (await clerk.archives({ search: number })).archives[0]?.sha256 ?? "";

  const out = await mkdtemp(join(tmpdir(), "jinshui-archive-"));
  const exported = archive("export", number, "--data", site.data, "--out", out);
  t.is(exported.code, 0, exported.said);
  t.true(exported.said.includes(seal));
  const file = join(out, `${number}.zip`);
  const whole = archive("verify", file, "--seal", seal);
  t.is(whole.code, 0, whole.said);
  t.regex(whole.said, /^完好/);
  t.is(archive("verify", file, "--seal", "0".repeat(64)).code, 1);
  t.is(archive("export", "no-such-number", "--data", site.data).code, 2);
  t.is(archive("verify", join(out, "nothing.zip")).code, 2);

  const bytes = await readFile(file);
  // the comment of an archive is no part of anything: a byte in the middle is
  const middle = Math.floor(bytes.length / 3);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(file, bytes);
  t.not(archive("verify", file).code, 0);
});
