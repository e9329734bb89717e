import type { HistoryEntry, SignatureCheck } from "@jinshui/contracts";
import { type Database, pageOf, type Row } from "@jinshui/storage";
import { Definitions } from "../definition/definitions.js";
import { type ArchiveContent, contentHash } from "../archiving/archive-content.js";
import { checkArchive } from "./check-archive.js";
import { type Checks, checkSignatures } from "./signature-checks.js";

/** A matter with signatures, and whether they hold. */
export interface VerifiedMatter {
  bureau: string;
  number: string;
  title: string;
  signatures: SignatureCheck[];
}

/** Checks the signatures of all matters, of those of a bureau, or of one by its number; matters without any are left out. */
export async function* verifyMatters(
  database: Database,
  checks: Checks,
  only: { bureau?: string; number?: string } = {},
): AsyncGenerator<VerifiedMatter> {
  const definitions = new Definitions(database, () => true);
  let cursor: string | undefined;
  do {
    const page = await pageOf(database, "wf_instance", { ...only }, ["id"], {
      limit: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const row of page.rows) {
      const signatures = await verifyMatter(database, checks, definitions, row);
      const { bureau, number, title } = row;
      if (signatures.length > 0)
        yield { bureau: String(bureau), number: String(number), title: String(title), signatures };
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

async function verifyMatter(
  database: Database,
  checks: Checks,
  definitions: Definitions,
  row: Row,
): Promise<SignatureCheck[]> {
  const id = String(row["id"]);
  const definition = await definitions.get(String(row["definition"]));
  const lines = await database.find("wf_history", { where: { instance: id }, orderBy: ["id"] });
  const instance = { row, definition, history: lines.map((line) => line["entry"] as HistoryEntry) };
  const archived = await database.findOne("wf_archive", { instance: id });
  if (!archived) return checkSignatures(database, checks, instance);
  const content = archived["content"] as ArchiveContent;
  return checkArchive(database, checks, instance, content, contentHash(content) === archived["sha256"]);
}
