import { isJinshuiError, storageApi, supervisorApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test from "ava";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "../site-files.js";

const title = (text: string): object => ({ "zh-CN": text });
const permission = (name: string, positions: string[]): object => ({
  id: `trader.${name}`,
  title: title(name),
  positions,
});

/** A plugin of data alone, with fields whose formats are another plugin's. */
async function writeTrader(folder: string, id: string, formats: string): Promise<void> {
  const manifest = {
    name: id,
    version: "1.0.0",
    jinshui: {
      id,
      title: title("商户"),
      schema: 1,
      requires: { apis: { storage: "^1.0" }, plugins: { formats } },
      grants: { apis: [] },
      contributes: {
        collections: "collections/",
        permissions:
          id === "trader"
            ? [permission("use", ["clerk", "section-chief"]), permission("clear", ["section-chief"])]
            : [],
      },
    },
  };
  const masked = { unless: ["trader.clear"] };
  const collection = {
    name: "firm",
    title: title("商户"),
    fields: {
      code: { type: "string", title: title("统一社会信用代码"), required: true, format: "formats.uscc" },
      owner: { type: "string", title: title("业主身份证号"), format: "formats.resident-id", masked },
      phone: { type: "string", title: title("手机"), format: "formats.mobile", masked },
    },
    unique: [["code"]],
    display: { title: "code", list: ["code", "owner", "phone"] },
    permissions: { read: ["trader.use"], write: ["trader.use"] },
  };
  await mkdir(join(folder, id, "collections"), { recursive: true });
  await writeFile(join(folder, id, "package.json"), JSON.stringify(manifest));
  if (id === "trader") await writeFile(join(folder, id, "collections", "firm.json"), JSON.stringify(collection));
  else await writeFile(join(folder, id, "collections", ".keep"), "");
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => (isJinshuiError(error) ? error : String(error)),
  );

test("fields of another plugin's formats: normalized, checked, masked and said in words; the formats stay while they are used", async (t) => {
  const own = await mkdtemp(join(tmpdir(), "jinshui-traders-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const configs = join(own, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  await writeTrader(join(own, "plugins"), "trader", "^1.0");
  await writeTrader(join(own, "plugins"), "of-tomorrow", "^9.0");
  const base = await readFile(join(configs, "base.yaml"), "utf8");
  const folders = `plugins: [plugins, ${relative(root, join(own, "plugins"))}]`;
  await writeFile(join(configs, "base.yaml"), base.replace("plugins: [plugins]", folders));
  for (const bureau of ["wuhu", "wuhu-county"]) {
    const file = join(configs, "bureaus", `${bureau}.yaml`);
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(
        "plugins:\n",
        "plugins:\n  trader: { enabled: true }\n  of-tomorrow: { enabled: true }\n",
      ),
    );
  }
  const site = await TestSite.start({ configs });
  t.teardown(() => site.stop());

  const clerk = (await site.signIn("chenxiao")).client(storageApi);
  const chief = (await site.signIn("wanggang")).client(storageApi);
  const collection = "trader.firm";
  const kept = await clerk.insert({
    collection,
    values: { code: " 91340200ma2n0001xm", owner: "３４０２０２１９９００１０１００１ｘ", phone: "138 0000 0000" },
  });
  const { values } = await chief.get({ collection, id: kept.id });
  t.deepEqual(values, { code: "91340200MA2N0001XM", owner: "34020219900101001X", phone: "13800000000" });
  t.like((await clerk.get({ collection, id: kept.id })).values, { owner: "340***********001X", phone: "138****0000" });

  const refused = await failure(
    clerk.insert({
      collection,
      values: { code: "91340202MA2RT8X31H", owner: "34020219900230001X", phone: "1380000000" },
    }),
  );
  t.like(refused, { code: "invalid-request" });
  const { fields } = (
    refused as { details: { fields: { field: string; code: string; params: { message: string } }[] } }
  ).details;
  t.deepEqual(
    fields.map(({ field, code, params }) => [field, code, params.message.split("，")[0]]),
    [
      ["code", "format", "校验码不符"],
      ["owner", "format", "校验码或出生日期不符"],
      ["phone", "format", "应为 11 位数字"],
    ],
  );
  t.like(await failure(clerk.insert({ collection, values: { code: "91340200MA2N0001XM" } })), { code: "not-unique" });

  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  const { plugins } = await administrator.plugins({});
  t.like(
    plugins.find(({ id }) => id === "of-tomorrow"),
    {
      state: "invalid",
      problem: "package.json: asks for the plugin formats ^9.0; installed is 1.0.0",
    },
  );
  t.like(
    plugins.find(({ id }) => id === "formats"),
    { state: "running" },
  );
  const off = (plugin: string): Promise<unknown> =>
    failure(administrator.setEnabled({ plugin, bureau: "wuhu-county", enabled: false }));
  t.like(await off("formats"), {
    code: "plugin-required",
    status: 409,
    details: { plugins: [{ id: "trader", title: { "zh-CN": "商户" } }] },
  });
  t.is(await off("trader"), "none");
  t.is(await off("formats"), "none");
});
