import { isJinshuiError, storageApi, workflowApi } from "@jinshui/contracts";
import { TestSite, until } from "@jinshui/testing";
import test from "ava";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./own-folder.js";

const waits = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t">
<process id="waits" name="等三天" isExecutable="true" jinshui:startPositions="system-administrator"><startEvent id="s"/>
<intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="w"/><sequenceFlow id="b" sourceRef="w" targetRef="e"/></process></definitions>`;

test("days pass in a moment where a test says so: timers fire, sessions end, what is written is dated then", async (t) => {
  const began = performance.now();
  const site = await TestSite.start({ movableClock: true });
  t.log(`started in ${((performance.now() - began) / 1_000).toFixed(2)} s`);
  t.teardown(() => site.stop());
  const before = await site.signIn("sunjie");
  const workflow = before.client(workflowApi);
  await workflow.importDefinition({ xml: waits, fileName: "waits.bpmn", commit: true });
  const { definitions } = await workflow.definitions({});
  const definition = definitions.find(({ key }) => key === "waits")?.id ?? "";
  const { id, startedAt } = await workflow.start({ definition, values: {} });
  await site.advance({ days: 2, hours: 23 });
  const error = await t.throwsAsync(workflow.instance({ id }));
  t.true(isJinshuiError(error) && error.status === 401, String(error));
  const again = (await site.signIn("sunjie")).client(workflowApi);
  t.is((await again.instance({ id })).state, "active");
  await site.advance({ hours: 1, minutes: 1 });
  const later = (await site.signIn("sunjie")).client(workflowApi);
  await until(async () => (await later.instance({ id })).state === "completed");
  const { endedAt = "" } = await later.instance({ id });
  const hours = (Date.parse(endedAt) - Date.parse(startedAt)) / 3_600_000;
  t.true(hours > 71.9 && hours < 72.2, String(hours));
  await t.throwsAsync(site.advance({ days: -1 }), { message: /forwards only/ });
});

test("plugins are switched on in several bureaus, and what is entered in one is not seen in another", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  await site.enable("asset-tracking", "nanling", "fanchang");
  const rows = [1, 2, 3].map((n) => ({
    code: `WH-2005-0000${n}`,
    name: "交换机",
    category: "switch",
    purchasedOn: "2026-01-31",
  }));
  const entered = await (await site.signIn("zhaomin")).enter("asset-tracking.equipment", rows);
  t.deepEqual(
    entered.map(({ values }) => values["code"]),
    rows.map(({ code }) => code),
  );
  const elsewhere = (await site.signIn("tangning")).client(storageApi);
  t.is((await elsewhere.count({ collection: "asset-tracking.equipment" })).total, 0);
  await t.throwsAsync(site.advance({ days: 1 }), { message: /movableClock/ });
  await t.throwsAsync(site.enable("no-such-plugin", "wuhu"), { message: /no plugin no-such-plugin/ });
});

test("a plugin that does not run is told with what is wrong with it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-broken-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({
      name: "@x/broken",
      version: "1.0.0",
      type: "module",
      jinshui: {
        id: "broken",
        schema: 1,
        title: { "zh-CN": "坏" },
        requires: { apis: {} },
        server: { main: "main.js" },
        grants: { apis: [] },
        contributes: {},
      },
    }),
  );
  await writeFile(join(folder, "main.js"), 'throw new Error("it never comes up");\n');
  const site = await TestSite.start({ plugins: [folder] });
  t.teardown(() => site.stop());
  await t.throwsAsync(site.enable("broken", "wuhu"), { message: /broken is failed in wuhu[^]*it never comes up/ });
});

test("where no kernel is found it is said what to do", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-nowhere-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const module = JSON.stringify(import.meta.resolve("@jinshui/testing"));
  const script = `const { TestSite } = await import(${module}); await TestSite.start();`;
  const { code, output } = await run(process.execPath, ["--input-type=module", "-e", script], folder);
  t.is(code, 1);
  t.regex(output, /npm run build.*JINSHUI_SITE_ROOT/);
});
