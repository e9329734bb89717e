import { createHash } from "node:crypto";
import type { Row } from "./database/table.js";

/** Previous hash of a chain's first entry. */
export const GENESIS = "0".repeat(64);

const COLUMNS = [
  "bureau",
  "seq",
  "at",
  "actor_id",
  "actor_name",
  "action",
  "resource",
  "before_value",
  "after_value",
  "trace",
  "previous_hash",
];

/** SHA-256 over an audit row and its predecessor's hash. */
export function auditHash(row: Row): string {
  return createHash("sha256")
    .update(canonicalJson(COLUMNS.map((name) => row[name] ?? null)))
    .digest("hex");
}

/** JSON with sorted keys: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(",")}}`;
}
