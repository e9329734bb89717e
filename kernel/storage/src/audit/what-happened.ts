import { entryDigest, linkHash } from "../audit-hash.js";
import type { Reader } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { AuditProblem } from "./verify.js";

const PAGE = 5_000;

/** The place in a chain where it stops to fit. */
interface BrokenPlace {
  bureau: string;
  /** The place that should come now, and the hash before it. */
  seq: number;
  previous: string;
  /** The row that comes instead. */
  row: Row;
}

/** Names what was done at the first place that does not fit. */
export async function whatHappened(reader: Reader, place: BrokenPlace): Promise<AuditProblem> {
  const { bureau, seq, previous, row } = place;
  const found = Number(row["seq"]);
  if (found > seq) {
    // a gap: what belongs here may stand further down
    const elsewhere = await belongsHere(reader, place, undefined);
    return elsewhere === undefined ? { kind: "deleted", seq } : { kind: "swapped", seq, other: elsewhere };
  }
  if (entryDigest(row) !== row["digest"]) return { kind: "edited", seq };
  const isWholeInItself = linkedAt(bureau, row, seq) === row["hash"];
  if (isWholeInItself && row["previous_hash"] !== previous && seq > 1) return { kind: "edited", seq: seq - 1 };
  const elsewhere = await belongsHere(reader, place, row);
  if (elsewhere !== undefined) return { kind: "swapped", seq, other: elsewhere };
  const own = await placeOf(reader, bureau, row);
  return own === undefined || own === seq ? { kind: "edited", seq } : { kind: "deleted", seq, other: own };
}

function linkedAt(bureau: string, row: Row, seq: number, previous = String(row["previous_hash"])): string {
  return linkHash(previous, { bureau, seq, id: Number(row["id"]), digest: String(row["digest"]) });
}

/** Where the entry stands that was linked at this place: with its own hash, or, where only what they say was exchanged, with the hash left here. */
async function belongsHere(reader: Reader, place: BrokenPlace, here: Row | undefined): Promise<number | undefined> {
  const { bureau, seq, previous } = place;
  for (let after = seq; ;) {
    const rows = await reader.find("audit_entry", {
      where: { bureau, seq: { gt: after } },
      columns: ["id", "seq", "digest", "hash"],
      orderBy: ["seq"],
      limit: PAGE,
    });
    for (const row of rows) {
      if (linkedAt(bureau, row, seq, previous) === row["hash"]) return Number(row["seq"]);
      if (here && linkedAt(bureau, { ...here, digest: row["digest"] }, seq, previous) === here["hash"])
        return Number(row["seq"]);
    }
    const last = rows.at(-1);
    if (!last) return undefined;
    after = Number(last["seq"]);
  }
}

/** The place at which a row was linked, by trying all there have been. */
async function placeOf(reader: Reader, bureau: string, row: Row): Promise<number | undefined> {
  const [last] = await reader.find("audit_entry", {
    where: { bureau, seq: { ne: null } },
    columns: ["seq"],
    orderBy: ["-seq"],
    limit: 1,
  });
  const head = await reader.findOne("audit_chain", { bureau });
  // whoever closes a gap of n entries leaves the chain n shorter than it was
  const most = 2 * Math.max(Number(last?.["seq"] ?? 0), Number(head?.["seq"] ?? 0)) + 1;
  for (let seq = 1; seq <= most; seq += 1) if (linkedAt(bureau, row, seq) === row["hash"]) return seq;
  return undefined;
}
