import { GENESIS } from "../audit-hash.js";
import type { Reader } from "../database/database.js";
import { type Anchor, anchorHash, type AnchorKey, isSigned } from "./anchor.js";
import { readAnchors } from "./anchor-file.js";
import type { AuditProblem } from "./verify.js";

/**
 * The first anchor of a file that does not fit. The last one's signature covers all before it through their hashes, so the
 * others' are looked at only when something is wrong.
 */
export async function anchorProblem(
  reader: Reader,
  bureau: string,
  { file, key }: { file: string; key: AnchorKey },
): Promise<AuditProblem | undefined> {
  // asked first: the file is written before the database hears of it
  const noted = await reader.findOne("audit_anchor", { signer: key.id, bureau });
  let last: Anchor | undefined;
  let broken: AuditProblem | undefined;
  for await (const anchor of readAnchors(file, bureau)) {
    broken = linkProblem(last, anchor, key);
    if (broken) break;
    last = anchor;
  }
  if (broken || (last && !isSigned(last, key))) return (await firstUnsigned(file, bureau, key)) ?? broken;
  const expected = Number(noted?.["number"] ?? 0);
  if (expected > (last?.number ?? 0)) return { kind: "missing-anchor", anchor: (last?.number ?? 0) + 1 };
  return undefined;
}

function linkProblem(last: Anchor | undefined, anchor: Anchor, key: AnchorKey): AuditProblem | undefined {
  if (anchor.signer !== key.id) return { kind: "key-mismatch", anchor: anchor.number };
  const number = (last?.number ?? 0) + 1;
  if (anchor.number > number) return { kind: "missing-anchor", anchor: number };
  if (anchor.number !== number || anchor.previous !== (last ? anchorHash(last) : GENESIS))
    return { kind: "forged-anchor", anchor: anchor.number };
  return undefined;
}

async function firstUnsigned(file: string, bureau: string, key: AnchorKey): Promise<AuditProblem | undefined> {
  for await (const anchor of readAnchors(file, bureau)) {
    if (anchor.signer === key.id && !isSigned(anchor, key)) return { kind: "forged-anchor", anchor: anchor.number };
  }
  return undefined;
}
