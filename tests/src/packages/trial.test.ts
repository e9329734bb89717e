import { isJinshuiError, supervisorApi } from "@jinshui/contracts";
import test from "ava";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { jinshui, startMaker } from "./makers.js";

const ops = (folder?: string): Record<string, unknown> => ({
  provides: {
    ops: { ask: { v: 1, input: "schemas/text.json", output: "schemas/text.json", effect: "write" } },
    ...(folder === undefined ? {} : { contracts: folder }),
  },
});
const cases = (...list: object[]): Record<string, string> => ({
  "contracts/ask.json": JSON.stringify({ op: "ask", cases: list }),
});
const trials = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("jinshui-trial-"));

test("a package is tried on a site of its own by its cases, and enabled only when they come out", async (t) => {
  const { site, release } = await startMaker(t);
  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  const env = { JINSHUI_SITE: site.url, JINSHUI_USER: "sunjie", JINSHUI_PASSWORD: "jinshui-demo-2005" };
  const install = async (version: string, files: Record<string, string>): Promise<void> => {
    const { code, output } = await jinshui(
      ["plugin", "install", await release(version, ops("contracts/"), { files }), "--yes"],
      env,
    );
    t.is(code, 0, output);
  };
  const enable = async (): Promise<{ code: string; message: string }> => {
    for (;;) {
      const outcome = await administrator.setEnabled({ plugin: "car-pool", bureau: "wuhu-county", enabled: true }).then(
        ({ state }) => ({ code: state, message: "" }),
        (error: unknown) => (isJinshuiError(error) ? error : { code: "unknown", message: String(error) }),
      );
      // on a busy machine the trial takes longer than a request waits
      if (outcome.code !== "in-progress") return outcome;
      await sleep(500);
    }
  };
  const trialOf = async (version: string): Promise<unknown> => {
    for (;;) {
      const { plugins } = await administrator.plugins({});
      const found = plugins.find(({ id }) => id === "car-pool")?.versions.find((each) => each.version === version);
      if (found?.trial && found.trial.state !== "running") return found.trial;
      await sleep(200);
    }
  };
  const before = trials();
  await install(
    "1.0.0",
    cases(
      { title: "答话带版本", input: { text: "甲" }, output: { text: "9.9.9 甲" } },
      { title: "不收别的", input: { other: 1 }, error: "invalid-request" },
    ),
  );
  const refused = await enable();
  t.is(refused.code, "package-refused");
  t.regex(refused.message, /ask: 答话带版本: \{"text":"9\.9\.9 甲"\} was expected, \{"text":"1\.0\.0 甲"\} came/);
  t.like(await trialOf("1.0.0"), { state: "failed", cases: 2 });
  t.false(
    (await administrator.plugins({})).plugins
      .find(({ id }) => id === "car-pool")
      ?.bureaus.some(({ enabled }) => enabled),
  );

  await install("1.1.0", {
    ...cases({ title: "能启动", input: { text: "甲" } }),
    "dist/main.js": `
import { op, plugin, runPlugin } from "@jinshui/plugin";
class CarPool { async ask({ text }) { return { text }; } }
plugin()(CarPool);
op("ask")(CarPool.prototype, "ask");
if (process.pid > 0) throw new Error("no licence for this machine");
await runPlugin(CarPool);
`,
  });
  const [dead] = ((await trialOf("1.1.0")) as { failures: string[] }).failures;
  t.regex(dead ?? "", /car-pool is (failed|quarantined).*no licence for this machine/);

  await install(
    "1.2.0",
    cases(
      { title: "答话带版本", input: { text: "甲" }, output: { text: "1.2.0 甲" } },
      { title: "不收别的", input: { other: 1 }, error: "invalid-request" },
    ),
  );
  t.deepEqual(await trialOf("1.2.0"), { state: "passed", cases: 2, failures: [] });
  t.is((await enable()).code, "running");
  t.deepEqual(trials(), before, "nothing of a trial is left");
  const back = await jinshui(["plugin", "version", "car-pool", "1.1.0", "--bureau", "wuhu-county"], env);
  t.is(back.code, 1);
  t.regex(back.output, /package-refused|in-progress/);
});

test("cases of an operation that is not declared, or written otherwise, are found before", async (t) => {
  const { release } = await startMaker(t);
  const failed = async (files: Record<string, string>): Promise<string> =>
    release("1.0.0", ops("contracts/"), { files }).then(
      () => "packed",
      (error: unknown) => String(error),
    );
  t.regex(
    await failed({ "contracts/other.json": JSON.stringify({ op: "other", cases: [{ title: "a", input: {} }] }) }),
    /cases of the operation "other"/,
  );
  t.regex(await failed({ "contracts/ask.json": JSON.stringify({ op: "ask", cases: [] }) }), /contracts\/ask\.json/);
  t.regex(await failed({ "contracts/ask.json": "{" }), /is no JSON/);
});
