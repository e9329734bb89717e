import { createRequire } from "node:module";
import type { Api, LocalText, PluginOperations } from "@jinshui/contracts";
import { API_TITLES, OP_TITLES } from "./op-titles.js";

/** What a document is about. */
export interface DocumentOptions {
  /** Version of the kernel. */
  version: string;
  /** APIs that are served. */
  apis: readonly Api[];
  /** Plugins of the bureau that asks; none when nobody is known to ask. */
  plugins?: readonly PluginOperations[];
}

/** The comments of the contracts, by `<api>.<op>`; written by `npm run api`. */
const COMMENTS = createRequire(import.meta.url)("@jinshui/contracts/schemas/operations.json") as Record<string, string>;

/** An operation in words: a Chinese title, and what its contract says in English. */
export function described(api: string, op: string): { summary: string; description?: string } {
  const name = `${api}.${op}`;
  const description = COMMENTS[name];
  return { summary: OP_TITLES[name] ?? name, ...(description === undefined ? {} : { description }) };
}

/** An API in words. */
export function apiTitle(api: string): string {
  return API_TITLES[api] ?? api;
}

/** A text in both languages. */
export function both({ "zh-CN": chinese, en }: LocalText): string {
  return en === undefined ? chinese : `${chinese} / ${en}`;
}
