import { isJinshuiError, type SettingsSchema, supervisorApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSite, type TestSite } from "../testing/site.js";
import { writeSmallPlugin } from "../testing/small-plugin.js";

const SCHEMA: SettingsSchema = {
  type: "object",
  properties: {
    greeting: { type: "string", title: "问候语", default: "您好", maxLength: 20 },
    token: { type: "string", title: "令牌", "x-secret": true },
  },
  required: ["token"],
  additionalProperties: false,
};
const SECRET = "open sesame";

const MAIN = `
const heard = [];
class Tuned {
  constructor(settings) { this.settings = settings; }
  async look() { return { ...this.settings.values, version: this.settings.version, heard, pid: process.pid }; }
  async die() { console.log("the token is " + this.settings.values.token); process.exit(1); }
  changed(call) { heard.push(call.bureau + ":" + this.settings.values.greeting); }
}
inject(Settings)(Tuned, undefined, 0);
plugin()(Tuned);
op("look")(Tuned.prototype, "look");
op("die")(Tuned.prototype, "die");
onSettings()(Tuned.prototype, "changed");
await runPlugin(Tuned);
`;

const write = (folder: string, version: string, schema: SettingsSchema = SCHEMA): Promise<void> =>
  writeSmallPlugin(folder, {
    id: "tuned",
    version,
    main: MAIN,
    ops: ["look", "die"],
    contributes: { settings: "settings.json" },
    files: { "settings.json": schema },
  });

async function start(t: ExecutionContext, enabledIn = ["wuhu", "fanchang"]): Promise<TestSite> {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn,
    plugins: ["tuned"],
    prepare: (plugins) => write(join(plugins, "..", "packages", "tuned", "1.0.0"), "1.0.0"),
  });
  await until("it runs", () => site.supervisor.stateOf("tuned") === "running");
  return site;
}

async function until(what: string, fits: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; !(await fits()); await sleep(20))
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => (isJinshuiError(error) ? error : String(error)),
  );
const look = (site: TestSite, person = "lixia"): Promise<Record<string, unknown>> =>
  site.callPlugin("look", {}, { plugin: "tuned", person });

test.serial(
  "a plugin that has to be set up says so, works with what is set at once and without a restart, and hears of changes",
  async (t) => {
    const site = await start(t);
    const { bureau, call } = await site.admin();
    const client = site.gateway.client(supervisorApi, bureau);
    const place = { plugin: "tuned", bureau: "wuhu" };
    t.like(await errorOf(look(site)), { code: "not-configured", status: 409 });
    const [status] = (await client.plugins({}, call)).plugins;
    t.is(status?.bureaus[0]?.settings, "unfit");
    t.like(await client.settings(place, call), { version: 0, problems: [{ key: "token", message: "must be there" }] });

    const first = await client.setSettings({ ...place, version: 0, values: {}, secrets: { token: SECRET } }, call);
    t.notRegex(JSON.stringify(first), /sesame/);
    const { pid, ...seen } = await look(site);
    t.deepEqual(seen, { greeting: "您好", token: SECRET, version: 1, heard: ["wuhu:您好"] });
    t.like(await errorOf(look(site, "zhouyan")), { code: "not-configured" }, "another bureau has its own");

    await client.setSettings({ ...place, version: 1, values: { greeting: "早上好" } }, call);
    t.like(await look(site), { greeting: "早上好", version: 2, heard: ["wuhu:您好", "wuhu:早上好"], pid });
    t.is((await client.plugins({}, call)).plugins[0]?.bureaus[0]?.settings, "fit");

    // what careless code writes is blackened where it is kept
    const died = new Promise<readonly string[]>((resolve) => {
      const child = site.supervisor.runner("tuned")?.process;
      const look = setInterval(() => {
        if (child?.log.some((line) => line.includes("the token is")) !== true) return;
        clearInterval(look);
        resolve(child.log);
      }, 20);
    });
    // the next process has them from its start, and a notice of none
    await errorOf(site.callPlugin("die", {}, { plugin: "tuned" }));
    t.deepEqual(
      (await died).filter((line) => /token|sesame/.test(line)),
      ["the token is •••"],
    );
    await until("it runs again", async () => (await look(site).catch(() => ({ pid })))["pid"] !== pid);
    t.like(await look(site), { greeting: "早上好", token: SECRET, heard: [] });
    t.notRegex(await readFile(join(site.root, "bus.log"), "utf8"), /sesame/);
  },
);

test.serial(
  "settings are for administrators of the bureau: everybody else is refused, and of it the trail knows",
  async (t) => {
    const site = await start(t, ["wuhu"]);
    const place = { plugin: "tuned", bureau: "wuhu" };
    const asked = async (person: string): Promise<unknown[]> => {
      const { bureau, call } = await site.admin(person);
      const client = site.gateway.client(supervisorApi, bureau);
      const change = { ...place, version: 0, values: {}, secrets: { token: SECRET } };
      return Promise.all([errorOf(client.settings(place, call)), errorOf(client.setSettings(change, call))]);
    };
    for (const error of await asked("lixia")) t.like(error, { code: "forbidden" });
    for (const error of await asked("qianjun"))
      t.like(error, { code: "not-found" }, "the county's is not above the city");
    const refused = await site.database.find("audit_entry", { where: { action: "supervisor.setSettings" } });
    t.deepEqual(
      refused.map((row) => [row["actor_name"], row["result"]]),
      [["李霞", "denied"]],
    );
    t.notRegex(JSON.stringify(refused), /sesame/);
  },
);

test.serial(
  "an upgrade whose schema does not take what is set says so and keeps it; going back finds it as it was",
  async (t) => {
    const site = await start(t, ["wuhu"]);
    const { bureau, call } = await site.admin();
    const client = site.gateway.client(supervisorApi, bureau);
    const place = { plugin: "tuned", bureau: "wuhu" };
    await client.setSettings(
      { ...place, version: 0, values: { greeting: "下午好" }, secrets: { token: SECRET } },
      call,
    );
    await write(join(site.root, "packages", "tuned", "2.0.0"), "2.0.0", {
      ...SCHEMA,
      properties: { ...SCHEMA.properties, greeting: { type: "string", title: "问候语", maxLength: 2 } },
    });
    const bureaus = ["wuhu"];
    const after = await client.setVersion({ plugin: "tuned", version: "2.0.0", bureaus }, call);
    t.like(after.bureaus[0], { version: "2.0.0", settings: "unfit" });
    t.like(await errorOf(look(site)), {
      code: "not-configured",
      details: { settings: ["greeting must NOT have more than 2 characters"] },
    });
    t.like(await client.settings(place, call), { release: "2.0.0", version: 1, values: { greeting: "下午好" } });
    await client.setVersion({ plugin: "tuned", version: "1.0.0", bureaus }, call);
    t.like(await look(site), { greeting: "下午好", token: SECRET, version: 1 });
  },
);
