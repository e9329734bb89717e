import {
  type ActorRef,
  type AuditApi,
  type AuditRecord,
  AUDIT_PERMISSION,
  type Handlers,
  JinshuiError,
} from "@jinshui/contracts";
import type { Access } from "../access.js";
import type { Database } from "../database/database.js";
import type { Row, Where } from "../database/table.js";
import { afterCursor, cursorAfter, DEFAULT_LIMIT } from "../page.js";

const ORDER = ["-at", "-id"];

/** The audit API, to be served through `audited`. */
export function auditHandlers({ database, access }: { database: Database; access: Access }): Handlers<AuditApi> {
  return {
    async list(input, context) {
      const { actor } = await access.resolve(context);
      if (!actor?.permissions.has(AUDIT_PERMISSION)) {
        throw new JinshuiError("forbidden", `${actor?.name ?? "nobody"} may not read the audit trail`, {
          details: { permissions: [AUDIT_PERMISSION] },
        });
      }
      const { actor: who, caller, action, resource, result, from, to, cursor, limit = DEFAULT_LIMIT } = input;
      const parts: Where[] = [
        {
          bureau: context.bureau,
          actor_id: who,
          caller,
          action,
          result,
          resource: resource?.endsWith("*") === true ? { startsWith: resource.slice(0, -1) } : resource,
        },
      ];
      if (from !== undefined) parts.push({ at: { gte: new Date(from).toISOString() } });
      if (to !== undefined) parts.push({ at: { lt: new Date(to).toISOString() } });
      if (cursor !== undefined) parts.push(afterCursor(cursor, ORDER));
      const rows = await database.find("audit_entry", { where: { and: parts }, orderBy: ORDER, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page.map(toRecord),
        ...(rows.length > limit && last ? { nextCursor: cursorAfter(last, ORDER) } : {}),
      };
    },
  };
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
    before: row["before_value"],
    after: row["after_value"],
    trace: row["trace"],
    hash: row["hash"],
  };
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as AuditRecord;
}

function ref(row: Row, name: string): ActorRef {
  return { id: String(row[`${name}_id`]), name: String(row[`${name}_name`]) };
}
