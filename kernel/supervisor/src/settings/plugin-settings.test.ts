import { Seal } from "@jinshui/auth";
import { isJinshuiError, type PluginSettings as Shown, type SettingsSchema } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SUPERVISOR_TABLES } from "../tables.js";
import { type Change, PluginSettings, resealSettings } from "./plugin-settings.js";

const SCHEMA: SettingsSchema = {
  type: "object",
  properties: {
    endpoint: { type: "string", title: "地址", format: "uri" },
    limit: { type: "integer", title: "上限", default: 10, minimum: 1, maximum: 100 },
    receivers: { type: "array", title: "接收人", items: { type: "string", maxLength: 20 }, default: [] },
    password: { type: "string", title: "口令", "x-secret": true, minLength: 4 },
  },
  required: ["endpoint", "password"],
  additionalProperties: false,
};
const PLACE = { plugin: "mail", bureau: "wuhu" };
const SECRET = "correct horse";

interface Site {
  database: Database;
  settings: PluginSettings;
  keys: string;
  set(change: Partial<Change>, schema?: SettingsSchema): Promise<Shown>;
}

async function open(database: Database, cipher: "aes-256-gcm" | "sm4-gcm" = "aes-256-gcm"): Promise<Site> {
  await database.ensureTables(SUPERVISOR_TABLES);
  const keys = await mkdtemp(join(tmpdir(), "jinshui-keys-"));
  const settings = new PluginSettings(database, await Seal.open(keys, "plugin-settings.key", cipher));
  return {
    database,
    settings,
    keys,
    set: (change, schema = SCHEMA) =>
      database.transaction((tx) =>
        settings.set(
          tx,
          PLACE,
          { release: "1.0.0", schema, by: { id: "u1", name: "孙洁" }, trace: "" },
          { version: 0, values: {}, secrets: {}, ...change },
        ),
      ),
  };
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => (isJinshuiError(error) ? error : String(error)),
  );

eachDatabase(
  "what is set is kept with its version; defaults and a secret reach the process and nobody else",
  async (t, { database }) => {
    const { settings, set } = await open(database);
    t.deepEqual(await settings.delivered(PLACE, SCHEMA), {
      version: 0,
      values: { limit: 10, receivers: [] },
      problems: ["endpoint must be there", "password must be there"],
    });
    const values = { endpoint: "https://mail.example", receivers: ["李霞"] };
    const shown = await set({ values, secrets: { password: SECRET } });
    t.like(shown, { version: 1, values, secrets: ["password"], problems: [], changedBy: "孙洁" });
    t.notRegex(JSON.stringify(shown), /correct horse/);
    t.deepEqual(await settings.delivered(PLACE, SCHEMA), {
      version: 1,
      values: { ...values, limit: 10, password: SECRET },
      problems: [],
    });
    t.deepEqual(await settings.delivered({ ...PLACE, bureau: "fanchang" }, SCHEMA), {
      version: 0,
      values: { limit: 10, receivers: [] },
      problems: ["endpoint must be there", "password must be there"],
    });

    const changed = await set({ version: 1, values: { ...values, limit: 20 } });
    t.like(changed, { version: 2, secrets: ["password"] }, "a secret that is left out stays");
    const [first, second] = await database.find("audit_entry", { where: { action: "set-settings" }, orderBy: ["id"] });
    t.deepEqual([first?.["before_value"], first?.["after_value"]], [{}, { ...values, changedSecrets: ["password"] }]);
    t.deepEqual([second?.["before_value"], second?.["after_value"]], [values, { ...values, limit: 20 }]);
    const rows = JSON.stringify([await database.find("plugin_setting"), await database.find("audit_entry")]);
    t.notRegex(rows, /correct horse/);
  },
);

eachDatabase(
  "a wrong value is named, an old version is refused, and the same sent again changes nothing",
  async (t, { database }) => {
    const { set } = await open(database);
    const values = { endpoint: "https://mail.example" };
    const secrets = { password: SECRET };
    t.like(await failure(set({ values: { endpoint: "nowhere", limit: 0 }, secrets })), {
      code: "invalid-request",
      details: {
        plugin: "mail",
        problems: [
          { path: "/endpoint", message: 'must match format "uri"' },
          { path: "/limit", message: "must be >= 1" },
        ],
      },
    });
    t.like(await failure(set({ values: { ...values, colour: "red" }, secrets })), { code: "invalid-request" });
    t.like(await failure(set({ values: { ...values, ...secrets } })), { code: "invalid-request" });
    const short = await failure(set({ values, secrets: { password: "abc" } }));
    t.like(short, { code: "invalid-request" });
    t.notRegex(JSON.stringify(short), /abc/);
    t.is(await database.count("plugin_setting"), 0);

    t.is((await set({ values, secrets })).version, 1);
    t.is((await set({ values, secrets })).version, 1, "sent again");
    t.like(await failure(set({ values: { ...values, limit: 30 } })), { code: "stale-version" });
    t.like(await failure(set({ version: 1, values, secrets: { password: null } })), { code: "invalid-request" });
    t.is(await database.count("audit_entry", { action: "set-settings" }), 1);
  },
);

eachDatabase("two who set at the same time do not overwrite each other", async (t, { database }) => {
  const { set, settings } = await open(database);
  const values = { endpoint: "https://mail.example" };
  await set({ values, secrets: { password: SECRET } });
  const outcomes = await Promise.all(
    [11, 12, 13].map(async (limit) => failure(set({ version: 1, values: { ...values, limit } }))),
  );
  t.is(outcomes.filter((outcome) => outcome === "none").length, 1);
  t.is((await settings.delivered(PLACE, SCHEMA)).version, 2);
});

eachDatabase(
  "another version of the plugin that does not take what was set says what, and the values stay for going back",
  async (t, { database }) => {
    const { settings, set } = await open(database);
    const values = { endpoint: "https://mail.example", limit: 50, receivers: ["李霞"] };
    await set({ values, secrets: { password: SECRET } });
    const { endpoint: _, ...others } = SCHEMA.properties;
    const next: SettingsSchema = {
      ...SCHEMA,
      properties: {
        ...others,
        limit: { type: "integer", title: "上限", default: 5, maximum: 20 },
        sender: { type: "string", title: "发件人" },
      },
      required: ["sender"],
    };
    const shown = await settings.shown(PLACE, "2.0.0", next);
    t.deepEqual(shown.problems, [
      { key: "sender", message: "must be there" },
      { key: "limit", message: "must be <= 20" },
    ]);
    t.deepEqual(shown.values, { limit: 50, receivers: ["李霞"] });
    t.like(await settings.delivered(PLACE, SCHEMA), { values: { ...values, password: SECRET }, problems: [] });
    await set({ version: 1, values: { limit: 20, sender: "金税" } }, next);
    t.like(
      (await settings.delivered(PLACE, SCHEMA)).values,
      { endpoint: "https://mail.example", password: SECRET },
      "what only the other version knows was not lost",
    );
  },
);

eachDatabase(
  "a setting that becomes a secret is shown no more, and what was sealed stays sealed",
  async (t, { database }) => {
    const { settings, set } = await open(database, "sm4-gcm");
    const plain: SettingsSchema = { ...SCHEMA, properties: { token: { type: "string", title: "令牌" } }, required: [] };
    const sealed: SettingsSchema = {
      ...plain,
      properties: { token: { type: "string", title: "令牌", "x-secret": true } },
    };
    await set({ values: { token: SECRET } }, plain);
    t.deepEqual((await settings.shown(PLACE, "2.0.0", sealed)).values, {});
    t.deepEqual((await settings.delivered(PLACE, sealed)).values, {});
    await set({ version: 1, secrets: { token: SECRET } }, sealed);
    const [row] = await database.find("plugin_setting");
    t.regex(JSON.stringify(row?.["secrets"]), /sm4-gcm\./);
    t.notRegex(JSON.stringify(row), /correct horse/);
    t.deepEqual((await settings.shown(PLACE, "1.0.0", plain)).values, {}, "nor after going back");
  },
);

eachDatabase(
  "a secret opens at its own place only, and all are sealed anew under a new key",
  async (t, { database }) => {
    const { settings, set, keys } = await open(database);
    await set({ values: { endpoint: "https://mail.example" }, secrets: { password: SECRET } });
    const [row] = await database.find("plugin_setting");
    const stolen = { ...row, bureau: "fanchang" };
    await database.transaction((tx) => tx.insert("plugin_setting", stolen));
    t.is((await settings.delivered({ ...PLACE, bureau: "fanchang" }, SCHEMA)).values["password"], undefined);
    await database.transaction((tx) => tx.remove("plugin_setting", { bureau: "fanchang", plugin: "mail" }));
    const other = await Seal.open(keys, "plugin-settings.key", "sm4-gcm");
    await database.transaction((tx) => resealSettings(tx, other));
    const [renewed] = await database.find("plugin_setting");
    t.regex(JSON.stringify(renewed?.["secrets"]), /sm4-gcm\./);
    t.is((await settings.delivered(PLACE, SCHEMA)).values["password"], SECRET);
  },
);
