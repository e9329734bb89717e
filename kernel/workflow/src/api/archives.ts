import { type Context, type Handlers, JinshuiError, type WorkflowApi } from "@jinshui/contracts";
import type { Signatures } from "@jinshui/signature";
import {
  type Actor,
  type Database,
  type FileStore,
  pageOf,
  type Row,
  type Transaction,
  type Where,
} from "@jinshui/storage";
import { type ArchiveContent, contentHash } from "../runtime/archive.js";
import { archiveDocument } from "./archive-document.js";
import type { Queries } from "./queries.js";
import { searchWhere } from "./search-where.js";
import { archiveSummary } from "./summaries.js";

/** Finished matters: the list, one of them, and its document. */
export function archiveHandlers(parts: {
  database: Database;
  queries: Queries;
  signatures: Signatures;
  files: FileStore;
  actorOf: (context: Context) => Promise<Actor>;
  bureauTitle: (bureau: string) => string;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, "archives" | "archive" | "archiveDocument"> {
  const { database, queries, signatures, files, actorOf, bureauTitle, write } = parts;

  /** An archive item that the actor may see; else 404. */
  const read = async (actor: Actor, id: string): Promise<{ row: Row; content: ArchiveContent; intact: boolean }> => {
    const row = await database.findOne("wf_archive", { id, bureau: actor.bureau });
    if (!row) throw new JinshuiError("not-found", `There is no archive item ${id}`, { details: { archive: id } });
    if (!actor.permissions.has("site.archives")) await queries.requireInstance(actor, String(row["instance"]));
    const content = row["content"] as ArchiveContent;
    return { row, content, intact: contentHash(content) === row["sha256"] };
  };

  return {
    async archives(input, context) {
      const actor = await actorOf(context);
      const parts: Where[] = [{ bureau: actor.bureau }, ...searchWhere(input.search, ["search_text"])];
      if (!actor.permissions.has("site.archives")) {
        const had = await database.find("wf_candidate", {
          where: { person: actor.id },
          columns: ["instance"],
          orderBy: ["-arrived_at"],
          limit: 5_000,
        });
        const started = await database.find("wf_instance", {
          where: { applicant_id: actor.id },
          columns: ["id"],
          orderBy: ["-started_at"],
          limit: 5_000,
        });
        parts.push({
          instance: {
            in: [
              ...new Set([...had.map((row) => String(row["instance"])), ...started.map((row) => String(row["id"]))]),
              "-",
            ],
          },
        });
      }
      const where: Where = { and: parts };
      const page = await pageOf(database, "wf_archive", where, ["-ended_at", "-id"], input);
      return {
        archives: page.rows.map(archiveSummary),
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
        total: await database.count("wf_archive", where),
      };
    },

    async archive({ id }, context) {
      const { row, content, intact } = await read(await actorOf(context), id);
      return {
        ...archiveSummary(row),
        variables: content.variables,
        forms: content.forms,
        history: content.history,
        ...(content.documents === undefined ? {} : { documents: content.documents }),
        signatures: await queries.archiveSignatures(content, intact),
        intact,
      };
    },

    async archiveDocument({ id }, context) {
      const actor = await actorOf(context);
      const { row, content, intact } = await read(actor, id);
      const checks = await queries.archiveSignatures(content, intact);
      const pdf = await signatures.document(
        archiveDocument(content, {
          bureau: bureauTitle(actor.bureau),
          sha256: String(row["sha256"]),
          intact,
          signatures: checks,
          printedBy: actor.name,
          printedAt: new Date().toISOString(),
        }),
        context.signal,
      );
      const file = await files.put(
        chunks(pdf),
        {
          name: `${content.number} ${content.title}`.slice(0, 100) + ".pdf",
          mediaType: "application/pdf",
          bureau: actor.bureau,
          actor: actor.id,
        },
        pdf.length,
      );
      return write(context, actor.id, { id }, (tx) => {
        tx.audit({
          bureau: actor.bureau,
          actor: { id: actor.id, name: actor.name },
          action: "print-archive",
          resource: `archive/${id}`,
          after: { file: file.file, sha256: file.sha256 },
          trace: context.traceId,
        });
        return Promise.resolve(file);
      });
    },
  };
}

/** A buffer as the store takes it. */
async function* chunks(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}
