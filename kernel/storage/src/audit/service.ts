import {
  type ActorRef,
  type AuditApi,
  type AuditRecord,
  AUDIT_PERMISSION,
  type Context,
  type Handlers,
  JinshuiError,
  type OpInput,
  type OpOutput,
} from "@jinshui/contracts";
import type { Access, Actor } from "../access.js";
import type { Collection } from "../collections/registry.js";
import { dayInChina } from "../china-time.js";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import { DEFAULT_LIMIT } from "../page.js";
import { csvLine } from "../transfer/writing/csv.js";
import { type AuditPage, searchAudit } from "./search.js";
import type { AuditVerifications } from "./verification.js";

const EXPORT_LIMIT = 1_000;
/** What entries may take of an answer: the rest of a message is for its envelope. */
const ANSWER_BYTES = 384 * 1024;
/** Values before and after that are longer are cut: a cell of a spreadsheet holds little more. */
const VALUE_LENGTH = 30_000;
const MAX_VERIFICATIONS = 20;

/**
 * The audit API, to be served through `audited`. Without `verifications` chains can't be looked at, without `collections` their
 * titles are not told.
 */
export function auditHandlers({
  database,
  access,
  verifications,
  collections = () => [],
}: {
  database: Database;
  access: Access;
  verifications?: AuditVerifications;
  collections?: (plugin: string) => readonly Pick<Collection, "id" | "definition">[];
}): Handlers<AuditApi> {
  const auditor = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor?.permissions.has(AUDIT_PERMISSION))
      throw new JinshuiError("forbidden", `${actor?.name ?? "nobody"} may not read the audit trail`, {
        details: { permissions: [AUDIT_PERMISSION] },
      });
    return actor;
  };
  const search = (bureau: string, input: OpInput<AuditApi, "export">, limit: number): Promise<AuditPage> => {
    const { actor, caller, action, resource, result, address, from, to, cursor } = input;
    const isPrefix = resource?.endsWith("*") === true;
    return searchAudit(database, {
      bureau,
      actor,
      resource: isPrefix ? undefined : resource,
      from: from === undefined ? undefined : new Date(from).toISOString(),
      to: to === undefined ? undefined : new Date(to).toISOString(),
      filter: {
        caller,
        action,
        result,
        address,
        resource: isPrefix ? { startsWith: resource.slice(0, -1) } : undefined,
      },
      limit,
      cursor,
    });
  };
  const running = (): AuditVerifications => {
    if (!verifications) throw new JinshuiError("unavailable", "Chains are not verified here");
    return verifications;
  };

  return {
    async list(input, context) {
      await auditor(context);
      const { rows, ...rest } = await search(context.bureau, input, input.limit ?? DEFAULT_LIMIT);
      const entries = rows.map(toRecord);
      const fitting = fits(
        entries.map((entry) => JSON.stringify(entry)),
        ANSWER_BYTES,
      );
      const titles = titlesOf(entries, collections);
      if (fitting === rows.length) return { entries, collections: titles, ...rest };
      const shorter = await search(context.bureau, input, fitting);
      const { rows: kept, ...cut } = shorter;
      return { entries: kept.map(toRecord), collections: titles, ...cut };
    },

    async export(input, context) {
      await auditor(context);
      const { rows, ...rest } = await search(context.bureau, input, EXPORT_LIMIT);
      const heading = input.cursor === undefined ? `\ufeff${csvLine(HEADINGS)}` : "";
      const lines = rows.map((row) => csvLine(csvCells(toRecord(row))));
      const fitting = fits(lines, ANSWER_BYTES - Buffer.byteLength(heading));
      if (fitting === rows.length) return { csv: heading + lines.join(""), count: rows.length, ...rest };
      // the answer is full: the next page begins behind what went into it
      const shorter = await search(context.bureau, input, fitting);
      const { nextCursor } = shorter;
      const csv = heading + lines.slice(0, shorter.rows.length).join("");
      return { csv, count: shorter.rows.length, ...(nextCursor === undefined ? {} : { nextCursor }) };
    },

    async verify(_input, context) {
      const { id, name } = await auditor(context);
      return running().start(context.bureau, { id, name });
    },

    async verifications({ limit = 1 }, context) {
      await auditor(context);
      return { verifications: await running().latest(context.bureau, Math.min(limit, MAX_VERIFICATIONS)) };
    },
  };
}

/** What people call the collections that entries are about. */
function titlesOf(
  entries: readonly AuditRecord[],
  collections: (plugin: string) => readonly Pick<Collection, "id" | "definition">[],
): OpOutput<AuditApi, "list">["collections"] {
  const ids = new Set(entries.map(({ resource }) => resource.split("/")[0] ?? ""));
  const plugins = new Set([...ids].filter((id) => id.includes(".")).map((id) => id.split(".")[0] ?? ""));
  const known = [...plugins].flatMap((plugin) => collections(plugin)).filter(({ id }) => ids.has(id));
  return Object.fromEntries(
    known.map(({ id, definition: { title, fields } }) => [
      id,
      { title, fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.title])) },
    ]),
  );
}

const HEADINGS = [
  ...["序号", "时间（UTC）", "日期（北京）", "人员", "人员编号", "代行", "来源", "地址", "会话", "操作", "对象"],
  ...["结果", "原因", "变更前", "变更后", "追踪号", "哈希"],
];

function csvCells(record: AuditRecord): string[] {
  const { seq, at, actor, onBehalfOf, caller, address, session, action, resource, result, reason, trace, hash } =
    record;
  const json = (value: unknown): string =>
    value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return [
    seq === undefined ? "" : String(seq),
    at,
    dayInChina(at),
    actor.name,
    actor.id,
    onBehalfOf?.name ?? "",
    caller,
    address ?? "",
    session ?? "",
    action,
    resource,
    result,
    reason ?? "",
    json(record.before),
    json(record.after),
    trace ?? "",
    hash ?? "",
  ];
}

/** How many of the texts fit; one always does. */
function fits(lines: readonly string[], bytes: number): number {
  let left = bytes;
  const beyond = lines.findIndex((line) => (left -= Buffer.byteLength(line)) < 0);
  return beyond < 0 ? lines.length : Math.max(1, beyond);
}

function toRecord(row: Row): AuditRecord {
  const record = {
    seq: row["seq"],
    at: row["at"],
    actor: ref(row, "actor"),
    onBehalfOf: row["for_id"] === undefined ? undefined : ref(row, "for"),
    caller: row["caller"],
    address: row["address"],
    session: row["session"],
    action: row["action"],
    resource: row["resource"],
    result: row["result"],
    reason: row["reason"],
    before: shortened(row["before_value"]),
    after: shortened(row["after_value"]),
    trace: row["trace"],
    hash: row["hash"],
  };
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as AuditRecord;
}

function shortened(value: unknown): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH).toWellFormed()}…` : value;
}

function ref(row: Row, name: string): ActorRef {
  return { id: String(row[`${name}_id`]), name: String(row[`${name}_name`]) };
}
