import { TestSite } from "@jinshui/testing";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "../site-files.js";

const text = (zh: string): { "zh-CN": string } => ({ "zh-CN": zh });
const permission = (name: string, title: string, positions: string[]): object => ({
  id: `purchasing.${name}`,
  title: text(title),
  positions,
});

/** A plugin that is data only and uses all that a collection can declare. */
const manifest = {
  name: "@jinshui/plugin-purchasing",
  version: "1.0.0",
  jinshui: {
    id: "purchasing",
    schema: 1,
    title: text("采购"),
    requires: { apis: { storage: "^1.0" } },
    grants: { apis: ["storage"] },
    contributes: {
      permissions: [
        permission("view", "查看采购", ["clerk", "section-chief", "equipment"]),
        permission("manage", "登记采购", ["section-chief", "equipment"]),
        permission("approve", "批准采购", ["section-chief"]),
      ],
      views: [
        {
          id: "purchases",
          kind: "collection",
          collection: "purchase",
          title: text("采购台账"),
          permission: "purchasing.view",
        },
        { id: "lines", kind: "collection", collection: "line", title: text("采购明细") },
      ],
      menu: [{ view: "purchases", group: "administration" }],
      collections: "collections/",
      formats: "formats/",
    },
  },
};

const permissions = { read: ["purchasing.view"], write: ["purchasing.manage"] };

const purchase = {
  name: "purchase",
  title: text("采购"),
  fields: {
    number: { type: "serial", title: text("采购编号"), serial: { pattern: "采购[{year}]{seq:4}号" } },
    title: { type: "string", title: text("名称"), required: true, maxLength: 60 },
    kind: {
      type: "enum",
      title: text("类别"),
      default: "goods",
      options: [
        { value: "goods", title: text("货物"), tone: "ok" },
        { value: "service", title: text("服务"), tone: "neutral" },
      ],
    },
    quantity: { type: "integer", title: text("数量"), minimum: 1 },
    price: { type: "money", title: text("单价（元）") },
    total: { type: "money", title: text("总价（元）"), computed: "price * quantity" },
    rate: { type: "decimal", title: text("折扣率"), scale: 4, minimum: 0, maximum: 1 },
    account: {
      type: "string",
      title: text("收款账号"),
      format: "account",
      masked: { unless: ["purchasing.approve"] },
    },
    opened: { type: "date", title: text("开标日期") },
    closed: { type: "date", title: text("成交日期") },
    meeting: { type: "datetime", title: text("评审时间") },
    handler: { type: "person", title: text("经办人") },
    section: { type: "department", title: text("申请部门") },
    before: { type: "reference", title: text("续采自"), collection: "purchase", onRemove: "clear" },
    files: { type: "attachments", title: text("采购文件"), maxFiles: 3 },
    opinion: { type: "string", title: text("批准意见"), permissions: { write: ["purchasing.approve"] } },
    reserve: { type: "money", title: text("标底"), permissions: { read: ["purchasing.approve"] } },
    raw: { type: "json", title: text("来源数据") },
    remark: { type: "text", title: text("备注") },
  },
  checks: [{ expression: "closed >= opened", message: text("成交日期不能早于开标日期"), fields: ["closed"] }],
  unique: [["title"]],
  children: { lines: { title: text("采购明细"), collection: "line", field: "purchase" } },
  display: {
    title: "title",
    list: ["number", "title", "kind", "rate", "total", "reserve", "section", "files"],
    search: ["number", "title"],
    filters: ["kind", "section"],
    sort: ["-number"],
  },
  permissions,
};

const line = {
  name: "line",
  title: text("采购明细"),
  fields: {
    item: { type: "string", title: text("品名"), required: true },
    count: { type: "integer", title: text("件数") },
    purchase: { type: "reference", title: text("所属采购"), collection: "purchase", required: true },
  },
  display: { title: "item", list: ["item", "count"] },
  permissions,
};

const account = {
  name: "account",
  title: text("收款账号"),
  normalize: ["no-spaces"],
  pattern: { source: "\\d{10}", message: text("应为十位数字") },
  mask: { keepStart: 2, keepEnd: 2 },
  example: "1234567890",
};

/** A demo site that has this plugin too, enabled in Wuhu County. */
export async function siteWithPurchasing(): Promise<{ site: TestSite; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-purchasing-"));
  const configs = join(folder, "configs");
  const plugin = join(folder, "plugins", "purchasing");
  await cp(join(root, "configs"), configs, { recursive: true });
  const change = async (file: string, before: string, after: string): Promise<void> => {
    const path = join(configs, file);
    await writeFile(path, (await readFile(path, "utf8")).replace(before, after));
  };
  await change("base.yaml", "plugins: [plugins]", `plugins: [plugins, "${relative(root, join(folder, "plugins"))}"]`);
  await change("bureaus/wuhu-county.yaml", "plugins:\n", "plugins:\n  purchasing: { enabled: true }\n");
  for (const [path, content] of Object.entries({
    "package.json": manifest,
    "collections/purchase.json": purchase,
    "collections/line.json": line,
    "formats/account.json": account,
  })) {
    await mkdir(join(plugin, path, ".."), { recursive: true });
    await writeFile(join(plugin, path), JSON.stringify(content));
  }
  const site = await TestSite.start({ configs });
  return {
    site,
    stop: async () => {
      await site.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
