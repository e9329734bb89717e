import { entryDigest, GENESIS, linkHash } from "../audit-hash.js";
import type { Reader } from "../database/database.js";
import type { Row } from "../database/table.js";
import { type Anchor, type AnchorKey, isSigned } from "./anchor.js";
import { readAnchors } from "./anchor-file.js";
import { anchorProblem } from "./verify-anchors.js";
import { whatHappened } from "./what-happened.js";

/** What was done to a chain or its anchors. */
export type AuditProblemKind =
  | "edited"
  | "deleted"
  | "swapped"
  | "cut-tail"
  | "rewritten"
  | "old-head"
  | "forged-anchor"
  | "missing-anchor"
  | "key-mismatch"
  | "unanchored";

/** The first place where a chain, or its anchors, do not fit. */
export interface AuditProblem {
  kind: AuditProblemKind;
  /** The entry concerned. */
  seq?: number;
  /** The anchor concerned. */
  anchor?: number;
  /** The entry it was swapped with, or the one that now stands in its place. */
  other?: number;
}

/** What a look at one bureau's chain found. */
export interface AuditReport {
  bureau: string;
  /** Linked entries that were looked at. */
  entries: number;
  /** Entries that have committed and wait to be linked. */
  waiting: number;
  /** Last entry and hash of the chain. */
  head: { seq: number; hash: string };
  anchors: number;
  /** At most one of the chain and one of the anchors; empty: all is well. */
  problems: AuditProblem[];
}

export interface VerifyOptions {
  bureau: string;
  /** First entry to look at; those before are taken as they are. Default 1. */
  since?: number;
  /** The bureau's anchors and the key they must be signed with; `retired`: it is no longer in use, so what came later has none. */
  anchors?: { file: string; key: AnchorKey; retired?: boolean };
  /** Told of the entries looked at, after each page; what it throws ends the look. */
  progress?: (entries: number) => Promise<void>;
}

const PAGE = 2_000;
/** How old an entry may be that no anchor covers: each minute, a running kernel anchors. */
const UNANCHORED_MS = 10 * 60_000;

/**
 * Recomputes a bureau's audit chain and compares it with its head and its anchors, page by page; the site may run meanwhile.
 * The chain alone shows edits, deletions and exchanges; only anchors show that its end was cut off or all of it rewritten.
 */
export async function verifyAudit(reader: Reader, options: VerifyOptions): Promise<AuditReport> {
  const { bureau, since = 1 } = options;
  const ofAnchors = options.anchors ? await anchorProblem(reader, bureau, options.anchors) : undefined;
  const anchors = options.anchors ? new AnchorCursor(options.anchors, bureau, since) : undefined;
  await anchors?.next();
  const remembered = await headOf(reader, bureau);
  const walk = new ChainWalk(reader, bureau, since);
  let problem = await walk.start();
  let last: Row | undefined;
  while (!problem) {
    const row = await walk.next();
    if (!row) break;
    problem = (await walk.check(row)) ?? (await anchors?.check(row));
    last = row;
    if (walk.entries % PAGE === 0) await options.progress?.(walk.entries);
  }
  problem ??= await anchors?.rest(walk.seq);
  problem ??= await headProblem(reader, bureau, walk, remembered);
  if (options.anchors?.retired !== true) problem ??= anchors?.unanchored();
  const waiting = problem ? { count: 0 } : await checkWaiting(reader, bureau);
  problem ??= waiting.problem;
  return {
    bureau,
    entries: walk.entries,
    waiting: waiting.count,
    head: { seq: walk.seq, hash: String(last?.["hash"] ?? walk.hash) },
    anchors: anchors?.seen ?? 0,
    problems: [problem, ofAnchors].filter((found) => found !== undefined),
  };
}

/** Goes along a chain and keeps the place and the hash reached. */
class ChainWalk {
  seq: number;
  hash = GENESIS;
  entries = 0;
  #page: Row[] = [];

  constructor(
    readonly reader: Reader,
    readonly bureau: string,
    since: number,
  ) {
    this.seq = since - 1;
  }

  /** Finds the hash before the first entry that is looked at. */
  async start(): Promise<AuditProblem | undefined> {
    if (this.seq === 0) return undefined;
    const before = await this.reader.findOne("audit_entry", { bureau: this.bureau, seq: this.seq });
    if (!before) return { kind: "deleted", seq: this.seq };
    this.hash = String(before["hash"]);
    return undefined;
  }

  async next(): Promise<Row | undefined> {
    if (this.#page.length === 0) {
      const where = { bureau: this.bureau, seq: { gt: this.seq } };
      this.#page = (await this.reader.find("audit_entry", { where, orderBy: ["seq"], limit: PAGE })).reverse();
    }
    return this.#page.pop();
  }

  /** Takes the next entry into the walk, or says what is wrong at this place. */
  async check(row: Row): Promise<AuditProblem | undefined> {
    const seq = this.seq + 1;
    const hash = linkHash(this.hash, {
      bureau: this.bureau,
      seq,
      id: Number(row["id"]),
      digest: String(row["digest"]),
    });
    const fits =
      row["seq"] === seq &&
      row["previous_hash"] === this.hash &&
      row["hash"] === hash &&
      entryDigest(row) === row["digest"];
    if (!fits) return whatHappened(this.reader, { bureau: this.bureau, seq, previous: this.hash, row });
    this.seq = seq;
    this.hash = hash;
    this.entries += 1;
    return undefined;
  }
}

/** Goes along the anchors beside the chain. */
class AnchorCursor {
  seen = 0;
  readonly #anchors: AsyncGenerator<Anchor, undefined>;
  #next: Anchor | undefined;
  #agreed = 0;
  /** The first entry behind the last anchor. */
  #open: { seq: number; at: number } | undefined;

  constructor(
    readonly source: { file: string; key: AnchorKey },
    bureau: string,
    readonly since: number,
  ) {
    this.#anchors = readAnchors(source.file, bureau);
  }

  async next(): Promise<void> {
    do {
      const { value, done } = await this.#anchors.next();
      this.#next = done === true ? undefined : value;
      if (this.#next) this.seen += 1;
    } while (this.#next && this.#next.seq < this.since);
  }

  async check(row: Row): Promise<AuditProblem | undefined> {
    while (this.#next && this.#next.seq <= Number(row["seq"])) {
      const { number, seq, hash } = this.#next;
      if (seq === row["seq"] && hash !== row["hash"] && this.#isProof(this.#next))
        return { kind: "rewritten", seq: this.#agreed + 1, anchor: number };
      if (hash === row["hash"]) this.#agreed = seq;
      await this.next();
    }
    const seq = Number(row["seq"]);
    if (this.#agreed === seq) this.#open = undefined;
    else this.#open ??= { seq, at: Date.parse(String(row["at"])) };
    return undefined;
  }

  /** Entries that should have been anchored long ago: nobody would know whether they were rewritten since. */
  unanchored(): AuditProblem | undefined {
    const open = this.#open;
    return open && Date.now() - open.at > UNANCHORED_MS ? { kind: "unanchored", seq: open.seq } : undefined;
  }

  /** An anchor of an entry that the chain does not reach. */
  async rest(seq: number): Promise<AuditProblem | undefined> {
    for (; this.#next; await this.next()) {
      if (this.#next.seq > seq && this.#isProof(this.#next))
        return { kind: "cut-tail", seq: seq + 1, anchor: this.#next.number };
    }
    return undefined;
  }

  /** A forged anchor, which is told of elsewhere, says nothing about the chain. Looked at only where it would: signatures are slow. */
  #isProof(anchor: Anchor): boolean {
    return anchor.signer === this.source.key.id && isSigned(anchor, this.source.key);
  }
}

async function headOf(reader: Reader, bureau: string): Promise<{ seq: number; hash: string }> {
  const row = await reader.findOne("audit_chain", { bureau });
  return { seq: Number(row?.["seq"] ?? 0), hash: String(row?.["hash"] ?? GENESIS) };
}

/** Compares the end of the walk with the head's row: as it was before, and, when the chain has grown meanwhile, as it is now. */
async function headProblem(
  reader: Reader,
  bureau: string,
  walk: ChainWalk,
  before: { seq: number; hash: string },
): Promise<AuditProblem | undefined> {
  if (before.seq > walk.seq) return { kind: "cut-tail", seq: walk.seq + 1 };
  const head = before.seq === walk.seq ? before : await headOf(reader, bureau);
  if (head.seq < walk.seq || (head.seq === walk.seq && head.hash !== walk.hash))
    return { kind: "old-head", seq: head.seq };
  return undefined;
}

async function checkWaiting(reader: Reader, bureau: string): Promise<{ count: number; problem?: AuditProblem }> {
  let count = 0;
  for (let id = 0; ;) {
    const where = { bureau, seq: null, id: { gt: id } };
    const rows = await reader.find("audit_entry", { where, orderBy: ["id"], limit: PAGE });
    for (const row of rows) if (entryDigest(row) !== row["digest"]) return { count, problem: { kind: "edited" } };
    count += rows.length;
    if (rows.length < PAGE) return { count };
    id = Number(rows.at(-1)?.["id"]);
  }
}
