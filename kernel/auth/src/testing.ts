import type { Context } from "@jinshui/contracts";
import { silent } from "@jinshui/bus";
import { AuditTrail } from "@jinshui/storage";
import type { TestDatabase } from "@jinshui/storage/testing";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Auth, openAuth } from "./open-auth.js";
import type { OrganisationConfig } from "./people/organisation.js";

export const PASSWORD = "jinshui-demo-2005";

const department = (id: string, title: string): { id: string; title: { "zh-CN": string } } => ({
  id,
  title: { "zh-CN": title },
});

/** Two bureaus with a handful of invented people. */
export const config: OrganisationConfig = {
  site: {
    site: { id: "test", title: { "zh-CN": "测试站点" } },
    positions: {
      clerk: { title: { "zh-CN": "科员" } },
      "section-chief": { title: { "zh-CN": "科长" }, permissions: ["site.clock"], leads: true },
      equipment: { title: { "zh-CN": "设备管理岗" } },
      "system-administrator": {
        title: { "zh-CN": "系统管理员" },
        permissions: ["site.plugins", "site.processes", "site.instances", "site.people", "site.calendar"],
      },
      "security-administrator": { title: { "zh-CN": "安全管理员" }, permissions: ["site.security"] },
      director: { title: { "zh-CN": "局长" }, permissions: ["site.instances"] },
      "audit-administrator": { title: { "zh-CN": "审计管理员" }, permissions: ["site.audit"] },
    },
    separations: [["system-administrator", "security-administrator", "audit-administrator"]],
    session: { idleMinutes: 30, absoluteHours: 12 },
    plugins: [],
  },
  bureaus: ["wuhu", "fanchang"].map((bureau) => ({
    bureau,
    title: { "zh-CN": bureau },
    departments: [department("levy", "征管科"), department("data-centre", "数据处理中心")],
    plugins: {},
  })),
  demo: {
    password: PASSWORD,
    people: [
      { username: "lixia", name: "李霞", bureau: "wuhu", department: "levy", positions: [{ position: "clerk" }] },
      {
        username: "wanggang",
        name: "王刚",
        bureau: "wuhu",
        department: "levy",
        positions: [{ position: "section-chief" }],
      },
      {
        username: "zhaomin",
        name: "赵敏",
        bureau: "wuhu",
        department: "data-centre",
        positions: [{ position: "equipment" }, { position: "clerk", department: "levy" }],
      },
      {
        username: "sunjie",
        name: "孙洁",
        bureau: "wuhu",
        department: "data-centre",
        positions: [{ position: "system-administrator" }],
      },
      {
        username: "qianli",
        name: "钱力",
        bureau: "wuhu",
        department: "data-centre",
        positions: [{ position: "security-administrator" }],
      },
      {
        username: "zhengfang",
        name: "郑芳",
        bureau: "wuhu",
        department: "data-centre",
        positions: [{ position: "security-administrator" }],
      },
      {
        username: "zhouyan",
        name: "周燕",
        bureau: "fanchang",
        department: "levy",
        positions: [{ position: "clerk" }, { position: "audit-administrator" }],
      },
    ],
  },
};

/** Auth on a test database with a clock that tests move; `site` is what its configuration says besides. */
export async function testAuth(
  db: TestDatabase,
  site: Partial<OrganisationConfig["site"]> = {},
): Promise<{ auth: Auth; trail: AuditTrail; clock: { now: number } }> {
  const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
  const keysFolder = await mkdtemp(join(tmpdir(), "jinshui-keys-"));
  const { database } = db;
  const trail = new AuditTrail(database, silent);
  // a file's id is its path here
  const openFile = (_: unknown, path: string): Promise<{ path: string; name: string }> =>
    Promise.resolve({ path, name: basename(path) });
  const options = { database, trail, keysFolder, clock: () => clock.now, openFile };
  return {
    auth: await openAuth({ ...options, config: { ...config, site: { ...config.site, ...site } } }),
    trail,
    clock,
  };
}

/** A request's context. */
export function context(fields: Partial<Context> = {}): Context {
  return {
    bureau: "wuhu",
    caller: "gateway",
    op: "x",
    traceparent: "",
    traceId: "trace",
    deadline: Infinity,
    signal: AbortSignal.timeout(10_000),
    ...fields,
  };
}
