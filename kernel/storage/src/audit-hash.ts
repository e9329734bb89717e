import { canonicalJson } from "@jinshui/contracts";
import { hash } from "node:crypto";
import type { Row } from "./database/table.js";

/** Previous hash of a chain's first entry. */
export const GENESIS = "0".repeat(64);

/** What an entry says, in the order in which it is hashed; its place in the chain is not known yet when it is written. */
export const CONTENT = [
  "bureau",
  "at",
  "actor_id",
  "actor_name",
  "for_id",
  "for_name",
  "caller",
  "address",
  "session",
  "action",
  "resource",
  "result",
  "reason",
  "before_value",
  "after_value",
  "trace",
];

/** SHA-256 over what an audit entry says. */
export function entryDigest(row: Row): string {
  return sha256(canonicalJson(CONTENT.map((name) => row[name] ?? null)));
}

/** SHA-256 over an entry's digest, its place and its predecessor's hash. */
export function linkHash(previous: string, entry: { bureau: string; seq: number; id: number; digest: string }): string {
  return sha256(`${previous}\n${entry.bureau}\n${entry.seq}\n${entry.id}\n${entry.digest}`);
}

/** SHA-256 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return hash("sha256", text);
}
