import type { Bus, Log } from "@jinshui/bus";
import type { FileRef } from "@jinshui/contracts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";

/** Who uploads; `ticket` when it is not a person by session. */
export interface Uploader {
  bureau: string;
  actor: string;
  ticket?: string;
}

/** How far an upload is. */
export interface Upload {
  id: string;
  length: number;
  offset: number;
  expiresAt: string;
  file?: FileRef;
}

/** Digest of one part, as the sender has it. */
export interface Checksum {
  algorithm: "sha1" | "sha256" | "md5";
  digest: Buffer;
}

/** Files as the edge moves them; storage implements it. */
export interface FileEdge {
  readonly limits: { fileBytes: number };
  readonly uploads: {
    create(by: Uploader, about: { name: string; mediaType: string; length: number }): Promise<Upload>;
    find(id: string, by: Uploader): Promise<Upload>;
    append(
      id: string,
      by: Uploader,
      offset: number,
      content: AsyncIterable<Buffer>,
      checksum?: Checksum,
    ): Promise<Upload>;
    remove(id: string, by: Uploader): Promise<void>;
  };
  put(
    content: AsyncIterable<Buffer>,
    about: { name: string; mediaType: string; bureau: string; actor: string },
    declaredBytes?: number,
  ): Promise<FileRef>;
  /** Who holds an upload ticket; `resumes` when an upload was begun with it. */
  uploader(ticket: string, resumes: boolean): Promise<Uploader>;
  /** The file of a ticket; the ticket is used when the content is asked for. */
  openWith(ticket: string): Promise<{
    file: FileRef;
    inline: boolean;
    content(range?: { start: number; end: number }): Promise<Readable>;
  }>;
}

/** Who stands behind a request of a browser. */
export interface BrowserVisit {
  session?: string;
  address: string;
  clearSession(): void;
}

/** Other systems that sign people in with us; federation implements it. */
export interface FederationEdge {
  /** Answers what is asked below `/oidc`. */
  provider(request: IncomingMessage, response: ServerResponse, visit: BrowserVisit): void;
  /** A person on the way to another system; each knows the interaction by the browser's cookie. */
  interactions: {
    begin(request: IncomingMessage, response: ServerResponse, visit: BrowserVisit): Promise<string>;
    question(request: IncomingMessage, response: ServerResponse, visit: BrowserVisit): Promise<object>;
    answer(
      request: IncomingMessage,
      response: ServerResponse,
      visit: BrowserVisit,
      answer: { agreed: boolean },
    ): Promise<string>;
  };
  /** People who prove who they are by an issuer elsewhere; `departure` is a secret of the browser that leaves. */
  sources: {
    begin(id: string, next: string): Promise<{ location: string; departure: string }>;
    finish(
      id: string,
      returning: { departure: string | undefined; query: string; address: string; agent: string; session?: string },
    ): Promise<{ secret: string; expiresAt: string; next: string }>;
  };
  /** Answers what is asked below `/scim/v2`, also what it refuses. */
  scim(request: ScimRequest): Promise<{ status: number; headers?: Record<string, string>; body?: object }>;
}

/** What a machine that provisions people asks for. */
interface ScimRequest {
  method: string;
  path: string;
  query: Record<string, string | undefined>;
  ifMatch?: string;
  ifNoneMatch?: string;
  body(): Promise<unknown>;
  token: string | undefined;
  address: string;
  trace: string;
}

/** The least that a sender must bring: so many bytes a second over any window. */
export interface Pace {
  windowMs: number;
  bytesPerSecond: number;
}

/** What the public may know of the site. */
export interface SiteInfo {
  title: { "zh-CN": string; en?: string | undefined };
  bureaus: { id: string; title: { "zh-CN": string; en?: string | undefined } }[];
  /** Whether other systems and directories have a part in it. */
  federated?: boolean;
  /** Issuers elsewhere that people may sign in with. */
  sources?: { id: string; title: { "zh-CN": string; en?: string | undefined } }[];
  /** Accounts of the demo, with its password; absent on a real site. */
  demo?: { password: string; accounts: { username: string; name: string; bureau: string; description: string }[] };
}

export interface GatewayOptions {
  bus: Bus;
  log: Log;
  site: SiteInfo;
  version: string;
  /** Where browsers reach the site, when that is told: cookies then are secure if it is. */
  origin?: string;
  /** Address of the one proxy that is believed about its clients' addresses. */
  proxy?: string;
  files: FileEdge;
  /** Takes a package that was announced, by its name. */
  packages: { receive(id: string, content: AsyncIterable<Buffer>): Promise<void> };
  /** Where the site has clients or sources. */
  federation?: FederationEdge;
  /** Slower uploads are cut off; 1 KB a second over 30 seconds when absent. */
  pace?: Pace;
  /** Origin of its own for downloads. */
  downloads?: string;
  /** Path of a plugin's file that browsers may have. */
  assetPath(plugin: string, version: string, path: string): string | undefined;
  /** Whether browsers get source maps: not on a production site. */
  sourceMaps: boolean;
  /** Folder with the built shell. */
  shellFolder: string;
  /** Why requests can't be served now; empty when they can. */
  unready(): Promise<string[]>;
}
