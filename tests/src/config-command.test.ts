import { TestSite } from "@jinshui/testing";
import test from "ava";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jinshui } from "./packages/makers.js";
import { root } from "./site-files.js";

test("a site is held against its files, brought to what they say, and its versions are locked", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-config-"));
  const configs = join(folder, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  const site = await TestSite.start({ configs });
  t.teardown(async () => {
    await site.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const run = (verb: string, user = "sunjie", ...more: string[]) =>
    jinshui(["config", verb, "--configs", configs, ...more], {
      JINSHUI_SITE: site.url,
      JINSHUI_USER: user,
      JINSHUI_PASSWORD: "jinshui-demo-2005",
    });
  const edit = async (file: string, from: RegExp, to: string): Promise<void> => {
    const text = await readFile(join(configs, "bureaus", file), "utf8");
    t.regex(text, from);
    await writeFile(join(configs, "bureaus", file), text.replace(from, to));
  };
  t.deepEqual(await run("plan"), { code: 0, output: "the site is as its files say\n" });
  const locked = await run("lock");
  t.is(locked.code, 0, locked.output);
  const lock = JSON.parse(await readFile(join(configs, "bureaus", "wuhu-county.lock.json"), "utf8")) as unknown;
  t.like(lock, { plugins: { "asset-tracking": { version: "0.1.0" }, formats: { version: "1.0.0" } } });
  t.is((await run("plan")).code, 0);

  await edit("wuhu-county.yaml", /asset-tracking: \{ enabled: true \}/, "asset-tracking: { enabled: false }");
  await edit("wuhu-county.yaml", /formats: \{ enabled: true \}/, "formats: { enabled: false }");
  await edit("wuhu-county.yaml", /example-hello: \{ enabled: false \}/, "example-hello: { enabled: true }");
  const plan = await run("plan");
  t.is(plan.code, 1);
  t.deepEqual(plan.output.trim().split("\n").sort(), [
    "disable asset-tracking in wuhu-county",
    "disable formats in wuhu-county",
    "enable example-hello in wuhu-county",
  ]);
  t.is((await run("apply")).code, 2, "without a terminal nobody agrees");
  t.regex((await run("apply", "chenxiao", "--yes")).output, /forbidden/);
  t.is((await run("plan")).code, 1);
  const applied = await run("apply", "sunjie", "--yes");
  t.is(applied.code, 0, applied.output);
  t.regex(applied.output, /done: enable example-hello in wuhu-county/);
  t.deepEqual(await run("plan"), { code: 0, output: "the site is as its files say\n" });

  await edit("wuhu.lock.json", /("formats": \{\s*"version": )"1\.0\.0"/, '$1"9.0.0"');
  const missing = await run("apply", "sunjie", "--yes");
  t.is(missing.code, 1);
  t.regex(missing.output, /formats 9\.0\.0 of wuhu is not installed/);
  await writeFile(join(configs, "bureaus", "wuhu.lock.json"), "{");
  t.regex((await run("plan")).output, /wuhu\.lock\.json/);
});
