import type { Log } from "@jinshui/bus";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import { type Anchor, type AnchorKey, publicPem, publishAnchorKey, signAnchor } from "./anchor.js";
import { anchorFile, appendAnchor, lastAnchor } from "./anchor-file.js";
import { linkAll } from "./link.js";

const EVERY_MS = 60_000;
/** A chain that does not grow is anchored all the same, so that its age can be told from a fault. */
const QUIET_MS = 3_600_000;
const LATE_MS = 5 * 60_000;

/** The running anchoring of a kernel. */
export interface Anchoring {
  /** Milliseconds since all heads were last anchored. */
  ageMs(): number;
  /** Bureaus whose chain contradicts its last anchor, or whose anchors are missing, as of the last round. */
  readonly contradicted: ReadonlySet<string>;
  /** Anchors what has changed, now. */
  anchor(): Promise<void>;
  /** Links and anchors what is there, and stops. */
  stop(): Promise<void>;
}

/**
 * Each minute, and when the kernel stops, signs the head of every bureau's audit chain, appends it to a file outside the
 * database, and announces it as the event `kernel.audit-anchored`, so that a city's hub can keep it elsewhere.
 */
export async function startAnchoring(options: {
  database: Database;
  /** Where the anchors go: best a volume that the database's administrator can't write. */
  folder: string;
  key: AnchorKey;
  log: Log;
  everyMs?: number;
}): Promise<Anchoring> {
  await publishAnchorKey(options.folder, options.key);
  options.log.info(
    { signer: options.key.id, publicKey: publicPem(options.key), folder: options.folder },
    "audit anchors are signed with this key; keep a copy of it elsewhere",
  );
  return new MinuteAnchoring(options);
}

class MinuteAnchoring implements Anchoring {
  contradicted: ReadonlySet<string> = new Set();
  readonly #last = new Map<string, Anchor>();
  readonly #timer: NodeJS.Timeout;
  #round: Promise<void> = Promise.resolve();
  #done = performance.now();

  constructor(readonly options: { database: Database; folder: string; key: AnchorKey; log: Log; everyMs?: number }) {
    this.#timer = setInterval(() => void this.#guarded(), options.everyMs ?? EVERY_MS);
  }

  ageMs(): number {
    return performance.now() - this.#done;
  }

  anchor(): Promise<void> {
    this.#round = this.#round.catch(() => undefined).then(() => this.#anchorAll());
    return this.#round;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await linkAll(this.options.database);
    await this.anchor();
  }

  async #guarded(): Promise<void> {
    try {
      await this.anchor();
    } catch (error) {
      const ageMs = Math.round(this.ageMs());
      const facts = { err: error, ageMs };
      if (ageMs > LATE_MS) this.options.log.error(facts, "audit anchors are more than five minutes old");
      else this.options.log.warn(facts, "audit chains could not be anchored");
    }
  }

  async #anchorAll(): Promise<void> {
    const { database, folder, log } = this.options;
    const contradicted = new Set<string>();
    for (const head of await database.find("audit_chain", { orderBy: ["bureau"] })) {
      const bureau = String(head["bureau"]);
      const last = this.#last.get(bureau) ?? (await lastAnchor(anchorFile(folder, bureau)));
      if (Number(head["seq"]) === 0 || !isDue(head, last)) continue;
      const noted = Number(
        (await database.findOne("audit_anchor", { signer: this.options.key.id, bureau }))?.["number"] ?? 0,
      );
      if (noted > (last?.number ?? 0)) {
        // signed anew, the chain would look whole again to whoever rewrote it and took the anchors away
        contradicted.add(bureau);
        log.error(
          { bureau, noted, found: last?.number ?? 0, folder },
          "audit anchors are missing from their file; put it back, or begin with a new folder and a new key",
        );
        continue;
      }
      // a head that contradicts the last one must not be signed: it would be evidence for whoever made it
      if (last && !(await this.#extends(last))) {
        contradicted.add(bureau);
        log.error(
          { bureau, anchored: last.seq },
          "the audit chain differs from its last anchor; run jinshui audit verify",
        );
      } else await this.#anchorHead(head, last);
    }
    this.contradicted = contradicted;
    if (contradicted.size === 0) this.#done = performance.now();
  }

  async #extends(last: Anchor): Promise<boolean> {
    const entry = await this.options.database.findOne("audit_entry", { bureau: last.bureau, seq: last.seq });
    return entry?.["hash"] === last.hash;
  }

  async #anchorHead(head: Row, last: Anchor | undefined): Promise<void> {
    const { database, folder, key } = this.options;
    const bureau = String(head["bureau"]);
    const at = new Date().toISOString();
    const anchor = signAnchor(key, { bureau, at, seq: Number(head["seq"]), hash: String(head["hash"]) }, last);
    await appendAnchor(anchorFile(folder, bureau), anchor);
    this.#last.set(bureau, anchor);
    await database.transaction(
      async (tx) => {
        const where = { signer: key.id, bureau };
        const values = { number: anchor.number, at };
        if (await tx.findOne("audit_anchor", where)) await tx.update("audit_anchor", where, values);
        else await tx.insert("audit_anchor", { ...where, ...values });
        tx.event({ bureau, source: "kernel", name: "audit-anchored", subject: bureau, data: anchor });
      },
      { essential: true },
    );
  }
}

function isDue(head: Row, last: Anchor | undefined): boolean {
  return !last || last.hash !== head["hash"] || Date.now() - Date.parse(last.at) >= QUIET_MS;
}
