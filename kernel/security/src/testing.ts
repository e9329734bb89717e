import { context, PASSWORD, testAuth } from "@jinshui/auth/testing";
import { silent } from "@jinshui/bus";
import type { Auth } from "@jinshui/auth";
import type { Context, SiteState } from "@jinshui/contracts";
import { type AuditEntry, AuditVerifications, openAnchorKey } from "@jinshui/storage";
import { auditProblems, testFiles, type TestDatabase } from "@jinshui/storage/testing";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALARM_TABLE, Alarms } from "./alarms.js";
import { securityHandlers } from "./service.js";
import { Watcher } from "./watcher.js";

const title = (text: string): { "zh-CN": string } => ({ "zh-CN": text });

/** What a test says of its site; rules find nothing in it until a test changes it. */
interface TestSiteFacts {
  diskShort: string | undefined;
  databaseWarnings: SiteState["database"]["warnings"];
  plugins: SiteState["plugins"];
  backup: SiteState["backup"];
  anchors: { inTime: boolean; contradicted: Set<string> };
}

/** A bureau that is watched, on a real database, with a clock that tests move. */
export async function watchedBureau(db: TestDatabase) {
  const { database } = db;
  const alarming = ["site.alarms"];
  const { auth, trail, clock } = await testAuth(db, {
    positions: {
      clerk: { title: title("科员") },
      "section-chief": { title: title("科长") },
      equipment: { title: title("设备管理岗") },
      director: { title: title("局长") },
      "system-administrator": { title: title("系统管理员"), permissions: ["site.plugins", "site.people"] },
      "security-administrator": { title: title("安全管理员"), permissions: ["site.security", ...alarming] },
      "audit-administrator": { title: title("审计管理员"), permissions: ["site.audit", ...alarming] },
    },
  });
  clock.now = Date.now();
  await database.ensureTables([ALARM_TABLE]);
  const folder = await mkdtemp(join(tmpdir(), "jinshui-security-"));
  const key = await openAnchorKey(join(folder, "anchor.pem"));
  const verifications = new AuditVerifications(database, silent, { folder, key });
  const facts: TestSiteFacts = {
    diskShort: undefined,
    databaseWarnings: [],
    plugins: [],
    backup: { state: "fine" },
    anchors: { inTime: true, contradicted: new Set() },
  };
  const alarms = new Alarms(database);
  const parts = {
    database,
    verifications,
    alarms,
    site: {
      kernel: () => Promise.resolve({ version: "0.1.0", startedAt: "2026-11-23T00:00:00.000Z", unready: [] }),
      bus: { version: "2.9.10", durability: "A" as const },
      get databaseWarnings() {
        return facts.databaseWarnings;
      },
      diskShort: () => facts.diskShort,
      plugins: () => facts.plugins,
      backup: () => Promise.resolve(facts.backup),
      certificates: () => Promise.resolve([]),
      anchors: () => facts.anchors,
    },
  };
  const handlers = securityHandlers({
    ...parts,
    auth,
    files: testFiles(database, join(folder, "files")),
    endingCertificates: () => Promise.resolve({ certificates: [], total: 0 }),
  });
  const watcher = (owner = "one"): Watcher =>
    new Watcher({
      ...parts,
      organisation: auth.organisation,
      accounts: auth.watch,
      log: silent,
      owner,
      clock: () => clock.now,
    });
  return {
    ...{ auth, trail, clock, alarms, handlers, facts, watcher, verifications, database },
    /** Writes entries of 王刚, a minute ago unless they say more. */
    async note(...entries: Partial<AuditEntry>[]): Promise<void> {
      await database.transaction((tx) => {
        for (const entry of entries)
          tx.audit({
            bureau: "wuhu",
            actor: { id: "u1", name: "王刚" },
            action: "update",
            resource: "x/1",
            at: new Date(clock.now - 60_000).toISOString(),
            client: { address: "10.0.0.8" },
            ...entry,
          });
        return Promise.resolve();
      });
      await auditProblems(database, "wuhu");
    },
    as: (username: string): Promise<Context> => asPerson(auth, username),
  };
}

/** A call of somebody who has signed in. */
async function asPerson(auth: Auth, username: string): Promise<Context> {
  const { session } = await auth.handlers.signIn({ username, password: PASSWORD, address: "10.1.2.3" }, context());
  const { token, profile } = await auth.handlers.authenticate({ session, audience: "gateway" }, context());
  return context({ actor: token, bureau: profile.bureau });
}
