import type { Auth } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import type { Handlers, SecurityApi, SiteState } from "@jinshui/contracts";
import { ALARM_TABLE, Alarms, backupState, securityHandlers, type SiteWatch, Watcher } from "@jinshui/security";
import type { Signatures } from "@jinshui/signature";
import type { Anchoring, AuditVerifications, Database, DiskMark, FileStore } from "@jinshui/storage";
import type { Supervisor } from "@jinshui/supervisor";

/** How old anchors may be: each minute they are made anew. */
const IN_TIME_MS = 5 * 60_000;

export interface WatchedSite {
  database: Database;
  auth: Auth;
  files: FileStore;
  supervisor: Supervisor;
  signatures: Signatures;
  /** Where the configuration is. */
  configs: string;
  verifications: AuditVerifications;
  anchoring: Anchoring;
  disk: DiskMark;
  bus: SiteWatch["bus"];
  version: string;
  unready: () => Promise<string[]>;
  log: Log;
  /** Tells this kernel from others. */
  instance: string;
}

/** The security API and the watcher that raises alarms, which the caller starts and stops. */
export async function watchSecurity(site: WatchedSite): Promise<{ handlers: Handlers<SecurityApi>; watcher: Watcher }> {
  const { database, auth, files, verifications, log, instance } = site;
  await database.ensureTables([ALARM_TABLE]);
  const alarms = new Alarms(database);
  const parts = { database, verifications, alarms, site: siteWatch(site) };
  return {
    handlers: securityHandlers({
      ...parts,
      auth,
      files,
      endingCertificates: (bureau, before, page) => site.signatures.ending(bureau, before, page),
    }),
    watcher: new Watcher({
      ...parts,
      organisation: auth.organisation,
      accounts: auth.watch,
      log,
      owner: `${instance}/${process.pid}`.slice(-40),
    }),
  };
}

function siteWatch(site: WatchedSite): SiteWatch {
  const { database, auth, supervisor, signatures, configs, anchoring, disk, bus, version, unready } = site;
  const startedAt = new Date().toISOString();
  return {
    kernel: async () => ({ version, startedAt, unready: await unready() }),
    bus,
    databaseWarnings: database.warnings.map(({ variable, value, wanted, losesCommits }) => ({
      variable,
      value,
      wanted,
      losesCommits,
    })),
    diskShort: () => disk.reason,
    plugins: () =>
      supervisor.releases.ids().map((id): SiteState["plugins"][number] => ({
        id,
        title: supervisor.releases.get(id)?.content?.manifest.title ?? { "zh-CN": id },
        state: supervisor.stateOf(id),
      })),
    backup: () => backupState(auth.organisation.config.site.backup, configs, Date.now()),
    certificates: () => signatures.siteCertificates(),
    anchors: () => ({ inTime: anchoring.ageMs() < IN_TIME_MS, contradicted: anchoring.contradicted }),
  };
}
