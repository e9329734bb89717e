import type { Bus, Log } from "@jinshui/bus";
import type { FileRef } from "@jinshui/contracts";
import type { Readable } from "node:stream";

/** Files as the edge moves them; storage implements it. */
export interface FileEdge {
  put(content: Readable, about: { name: string; mediaType: string; bureau: string; actor: string }): Promise<FileRef>;
  open(file: string, bureau: string): Promise<{ stream: Readable; file: FileRef }>;
  openClaimed(file: string, claim: string): Promise<{ stream: Readable; file: FileRef }>;
}

/** What the public may know of the site. */
export interface SiteInfo {
  title: { "zh-CN": string; en?: string | undefined };
  bureaus: { id: string; title: { "zh-CN": string; en?: string | undefined } }[];
  /** Accounts of the demo, with its password; absent on a real site. */
  demo?: { password: string; accounts: { username: string; name: string; bureau: string; description: string }[] };
}

export interface GatewayOptions {
  bus: Bus;
  log: Log;
  site: SiteInfo;
  version: string;
  files: FileEdge;
  /** Throws `insufficient-storage` while nothing may be written: before a file is taken in, not after. */
  checkSpace(): void;
  /** Path of a plugin's file that browsers may have. */
  assetPath(plugin: string, version: string, path: string): string | undefined;
  /** Folder with the built shell. */
  shellFolder: string;
  /** Why requests can't be served now; empty when they can. */
  unready(): Promise<string[]>;
}
