import type { Auth } from "@jinshui/auth";
import {
  ACCOUNT_CONCERNS,
  ALARMS_PERMISSION,
  type Context,
  type Handlers,
  JinshuiError,
  type OpInput,
  type OpOutput,
  type SecurityApi,
} from "@jinshui/contracts";
import {
  type Actor,
  type AuditVerifications,
  busLosses,
  type Database,
  dayInChina,
  DEFAULT_LIMIT,
  type FileStore,
} from "@jinshui/storage";
import type { Alarms } from "./alarms.js";
import { findSignIns, LOCKED_OUT } from "./sign-ins.js";
import type { SiteWatch } from "./site-watch.js";

const COUNT_TO = 10_000;
const QUARANTINE_TO = 200;
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export interface SecurityParts {
  database: Database;
  auth: Pick<Auth, "access" | "organisation" | "watch">;
  files: Pick<FileStore, "quarantine">;
  verifications: AuditVerifications;
  alarms: Alarms;
  site: SiteWatch;
  /** Certificates of a bureau's people that end before a time. */
  endingCertificates: EndingCertificates;
}

type EndingCertificates = (
  bureau: string,
  before: string,
  page: OpInput<SecurityApi, "certificates">,
) => Promise<OpOutput<SecurityApi, "certificates">>;

/** The security API: every call takes `site.alarms`, and all of it is about the caller's own bureau. */
export function securityHandlers(parts: SecurityParts): Handlers<SecurityApi> {
  const { database, auth, files, alarms } = parts;
  const { access, organisation, watch } = auth;

  const watching = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    access.require(actor, ALARMS_PERMISSION);
    return actor;
  };

  return {
    async overview(_input, context) {
      const { bureau } = await watching(context);
      return overview(parts, bureau);
    },

    async accounts({ concern, limit = DEFAULT_LIMIT, cursor }, context) {
      const { bureau } = await watching(context);
      const all = (await watch.accounts(bureau)).filter(({ concerns }) => concerns.has(concern));
      const begin = cursor === undefined ? 0 : place(cursor);
      const accounts = all.slice(begin, begin + limit).map(({ id, name, username, department, concerns }) => {
        const at = concerns.get(concern);
        return {
          id,
          name,
          username,
          departmentTitle: organisation.departments.title(bureau, department),
          ...(at === undefined ? {} : { at }),
        };
      });
      const end = begin + limit;
      return { accounts, ...(end < all.length ? { nextCursor: String(end) } : {}), total: all.length };
    },

    async certificates(input, context) {
      const { bureau } = await watching(context);
      return parts.endingCertificates(bureau, soon(), input);
    },

    async quarantined(input, context) {
      const { bureau } = await watching(context);
      return files.quarantine.list([bureau], input);
    },

    async signIns(input, context) {
      const { bureau } = await watching(context);
      return findSignIns({ database, accounts: watch }, bureau, input);
    },

    async openSessions(input, context) {
      const { bureau } = await watching(context);
      const claims = context.actor === undefined ? undefined : await access.tokens.check(context.actor, context.caller);
      return watch.openSessions(bureau, claims?.session, input);
    },

    async alarms(input, context) {
      const { bureau } = await watching(context);
      return alarms.list(bureau, input);
    },

    async acknowledge({ alarm, note }, context) {
      const { id, name, bureau } = await watching(context);
      return alarms.acknowledge(bureau, alarm, { id, name }, note.trim());
    },
  };
}

async function overview(
  { database, auth, files, verifications, alarms, site, endingCertificates }: SecurityParts,
  bureau: string,
): Promise<OpOutput<SecurityApi, "overview">> {
  const { organisation, watch } = auth;
  const midnight = new Date(`${dayInChina(new Date().toISOString())}T00:00:00+08:00`).toISOString();
  const failed = { bureau, at: { gte: midnight }, action: "sign-in-failed", reason: { ne: LOCKED_OUT } };
  const accounts = await watch.accounts(bureau);
  const { open, critical } = await alarms.open(bureau);
  const chain = await database.findOne("audit_chain", { bureau });
  const [anchor] = await database.find("audit_anchor", { where: { bureau }, orderBy: ["-at"], limit: 1 });
  const verified = (await verifications.latest(bureau, 5)).find(({ state }) => state === "done");
  const quarantined = await files.quarantine.list([bureau], { limit: QUARANTINE_TO });
  const { maxAgeMs, secondFactor } = watch.policy;
  const { inTime, contradicted } = site.anchors();
  return {
    failedSignIns: await database.countTo(COUNT_TO, "audit_entry", failed),
    openAlarms: open,
    criticalAlarms: critical,
    accounts: Object.fromEntries(
      ACCOUNT_CONCERNS.map((concern) => [concern, accounts.filter(({ concerns }) => concerns.has(concern)).length]),
    ),
    policy: { ...(maxAgeMs === undefined ? {} : { passwordDays: maxAgeMs / DAY_MS }), secondFactor },
    endingCertificates: (await endingCertificates(bureau, soon(), { limit: 1 })).total,
    quarantined: quarantined.files.length,
    audit: {
      entries: Number(chain?.["seq"] ?? 0),
      ...(anchor ? { anchoredAt: String(anchor["at"]) } : {}),
      anchorsInTime: inTime && !contradicted.has(bureau),
      ...(verified?.finishedAt === undefined
        ? {}
        : { verifiedAt: verified.finishedAt, whole: verified.problems.length === 0 }),
    },
    ...(organisation.bureau(bureau)?.parent === undefined ? { site: await siteState(database, site) } : {}),
  };
}

async function siteState(
  database: Database,
  site: SiteWatch,
): Promise<NonNullable<OpOutput<SecurityApi, "overview">["site"]>> {
  const diskShort = site.diskShort();
  const losses = (await busLosses(database)).reduce((sum, stream) => sum + stream.losses, 0);
  return {
    kernel: await site.kernel(),
    bus: { ...site.bus, losses },
    database: { kind: database.dialect, warnings: site.databaseWarnings },
    ...(diskShort === undefined ? {} : { diskShort }),
    plugins: site.plugins(),
    backup: await site.backup(),
    certificates: await site.certificates(),
  };
}

/** What ends before this ends soon. */
function soon(): string {
  return new Date(Date.now() + SOON_DAYS * DAY_MS).toISOString();
}

function place(cursor: string): number {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new JinshuiError("invalid-request", "The cursor does not belong to this list; start from the first page");
}
