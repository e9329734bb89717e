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

/**
 * The canonical JSON of RFC 8785: names sorted by UTF-16 code units, numbers and texts as ECMAScript writes them, so that
 * the same value always gives the same text. Half a surrogate pair, which the RFC refuses, is escaped.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  let text = "";
  if (Array.isArray(value)) {
    for (const part of value) text += `${text === "" ? "" : ","}${canonicalJson(part)}`;
    return `[${text}]`;
  }
  // without a function to compare, texts are sorted by their code units
  for (const key of Object.keys(value).sort()) {
    const part = (value as Record<string, unknown>)[key];
    if (part !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(part)}`;
  }
  return `{${text}}`;
}
