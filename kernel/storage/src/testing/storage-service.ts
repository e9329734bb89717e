import {
  type CollectionDefinition,
  type Context,
  type FormatDefinition,
  isJinshuiError,
  JinshuiError,
} from "@jinshui/contracts";
import type { ExecutionContext } from "ava";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Access, Actor } from "../access.js";
import { StorageService } from "../collections/service.js";
import type { Database } from "../database/database.js";
import { testFiles } from "./files.js";

/** A collection of devices as the tests use it. */
export const device: CollectionDefinition = {
  name: "device",
  title: { "zh-CN": "设备" },
  fields: {
    code: {
      type: "string",
      title: { "zh-CN": "编号" },
      required: true,
      pattern: { source: "[A-Z]{2}-\\d{3}", message: { "zh-CN": "如 WH-001" } },
    },
    name: { type: "string", title: { "zh-CN": "名称" }, required: true },
    kind: {
      type: "enum",
      title: { "zh-CN": "类别" },
      options: [
        { value: "desktop", title: { "zh-CN": "台式机" } },
        { value: "printer", title: { "zh-CN": "打印机" } },
      ],
    },
    price: { type: "money", title: { "zh-CN": "原值" }, minimum: 0 },
    bought: { type: "date", title: { "zh-CN": "购置日期" } },
    state: {
      type: "enum",
      title: { "zh-CN": "状态" },
      default: "idle",
      writableBy: "plugin",
      options: [
        { value: "idle", title: { "zh-CN": "在库" } },
        { value: "in-use", title: { "zh-CN": "在用" } },
      ],
    },
  },
  unique: [["code"]],
  display: { title: "name", list: ["code", "name"], search: ["code", "name"], sort: ["name"] },
  permissions: { read: ["asset.view"], write: ["asset.manage"] },
};
/** Its id once plugin `asset` has brought it. */
export const devices = "asset.device";

/** Those who have asked, with the rights they had then: what goes on in the background has those of the last call. */
const known = new Map<string, Actor>();
/** People by token, `<name>[@<department>]:<permission>:…`; the name of an error is a token refused with it. Every caller but the gateway is a plugin. Counties lie below wuhu. */
export const access: Access = {
  acting: ({ caller, bureau, person }) => {
    const actor = known.get(`${bureau}/${person}`);
    if (!actor) throw new Error(`${person} has not been seen in ${bureau}`);
    return Promise.resolve({ ...(caller === "gateway" ? {} : { plugin: caller }), actor });
  },
  below: (bureau) => (bureau === "wuhu" ? ["fanchang", "nanling"] : []),
  resolve: ({ caller, bureau, actor }) => {
    if (actor === "session-expired" || actor === "forbidden")
      return Promise.reject(new JinshuiError(actor, "a token that is no good"));
    const [who = "", ...permissions] = (actor ?? "").split(":");
    const [name = "", department = "office"] = who.split("@");
    const person: Actor = {
      id: name,
      name,
      bureau,
      department,
      departments: [department],
      departmentTitle: department,
      positions: [],
      permissions: new Set(permissions),
    };
    if (actor) known.set(`${bureau}/${name}`, person);
    return Promise.resolve({
      ...(caller === "gateway" ? {} : { plugin: caller }),
      ...(actor ? { actor: person } : {}),
    });
  },
};

/** A storage service with files of its own and the given collections of plugin `asset`. */
export async function storageService(
  t: ExecutionContext,
  database: Database,
  definitions: CollectionDefinition[] = [device],
  { plugin = "asset", formats = [] }: { plugin?: string; formats?: FormatDefinition[] } = {},
): Promise<StorageService> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-files-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const files = testFiles(database, folder);
  const service = new StorageService(database, access, files);
  t.teardown(() => service.stop());
  await service.deploy(plugin, [{ collections: definitions, formats }]);
  return service;
}

/** What a handler is told of a call by the person behind `actor`, or by a plugin alone. */
export function as(
  actor: string | undefined,
  options: { bureau?: string; caller?: string; key?: string; op?: string } = {},
): Context {
  return {
    bureau: options.bureau ?? "wuhu",
    caller: options.caller ?? "gateway",
    op: options.op ?? "x",
    traceparent: "",
    traceId: "t",
    deadline: Infinity,
    signal: AbortSignal.timeout(10_000),
    ...(actor === undefined ? {} : { actor }),
    ...(options.key === undefined ? {} : { idempotencyKey: options.key }),
  };
}

/** Somebody who may see and change devices. */
export const keeper = "陈晓:asset.view:asset.manage";

/** The code of the error in which a call ends. */
export async function codeOf(t: ExecutionContext, call: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(call);
  return isJinshuiError(error) ? error.code : String(error);
}
