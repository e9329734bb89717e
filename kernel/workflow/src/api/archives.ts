import {
  type ArchiveDisposal,
  type ArchiveHold,
  type Context,
  type FileRef,
  type Handlers,
  JinshuiError,
  type WorkflowApi,
} from "@jinshui/contracts";
import type { Signatures } from "@jinshui/signature";
import type { Actor, Database, FileStore, Row, Transaction } from "@jinshui/storage";
import { type ArchiveContent, contentHash } from "../archiving/archive-content.js";
import { archivePackage } from "../archiving/archive-package.js";
import { disposeArchives } from "../archiving/disposal.js";
import { lendArchives } from "../archiving/loans.js";
import type { Enablement } from "../enablement.js";
import { refOf } from "../runtime/instance.js";
import { archiveDocument } from "./archive-document.js";
import { listArchives } from "./archive-list.js";
import type { Queries } from "./queries.js";
import { archiveSummary } from "./summaries.js";

const PERMISSION = "site.archives";

type ArchiveOp =
  "archives" | "archive" | "archiveDocument" | "archivePackage" | "holdArchive" | "lendArchives" | "disposeArchives";

/** Finished matters: the list, one of them, what is made of it, and what becomes of it. */
export function archiveHandlers(parts: {
  database: Database;
  queries: Queries;
  signatures: Signatures;
  files: FileStore;
  enablement: Enablement;
  actorOf: (context: Context) => Promise<Actor>;
  pluginOf: (context: Context) => Promise<string>;
  requirePermission: (actor: Actor, permission: string) => void;
  bureauTitle: (bureau: string) => string;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, ArchiveOp> {
  const { database, queries, signatures, files, enablement, actorOf, bureauTitle, write } = parts;

  /** An archive item that the actor may see; else 404. */
  const read = async (actor: Actor, id: string): Promise<{ row: Row; content: ArchiveContent; intact: boolean }> => {
    const row = await database.findOne("wf_archive", { id, bureau: actor.bureau });
    if (!row) throw new JinshuiError("not-found", `There is no archive item ${id}`, { details: { archive: id } });
    if (!actor.permissions.has(PERMISSION) && !(await isLent(actor, id)))
      await queries.requireInstance(actor, String(row["instance"]));
    const content = row["content"] as ArchiveContent;
    return { row, content, intact: row["disposed_at"] !== undefined || contentHash(content) === row["sha256"] };
  };

  const isLent = async (actor: Actor, archive: string): Promise<boolean> => {
    const until = { gt: (await database.now()).toISOString() };
    return (await database.findOne("wf_archive_loan", { archive, person: actor.id, until })) !== undefined;
  };

  /** @throws JinshuiError `conflict` where the content was disposed of. */
  const requireContent = ({ row, content }: { row: Row; content: ArchiveContent }): void => {
    if (row["disposed_at"] !== undefined)
      throw new JinshuiError("conflict", `The content of ${content.number} was disposed of`, {
        details: { archive: row["id"], at: row["disposed_at"] },
      });
  };

  /** Keeps what was made of an archive for the one who asked, and audits it. */
  const given = async (
    context: Context,
    actor: Actor,
    id: string,
    action: string,
    made: { name: string; mediaType: string; content: AsyncIterable<Buffer> },
  ): Promise<FileRef> => {
    const { name, mediaType, content } = made;
    const file = await files.put(content, { name, mediaType, bureau: actor.bureau, actor: actor.id });
    return write(context, actor.id, { id }, (tx) => {
      tx.audit({
        bureau: actor.bureau,
        actor: refOf(actor),
        action,
        resource: `archive/${id}`,
        after: { file: file.file, sha256: file.sha256 },
        trace: context.traceId,
      });
      return Promise.resolve(file);
    });
  };

  /** The plugin that calls, if it may deal with archives. */
  const keeperOf = async (context: Context): Promise<string> => {
    const plugin = await parts.pluginOf(context);
    if (enablement.mayKeepArchives(plugin, context.bureau)) return plugin;
    throw new JinshuiError("forbidden", `${plugin} lacks grants.archives in its manifest`, {
      details: { grant: "archives" },
    });
  };

  return {
    async archives(input, context) {
      return listArchives(database, await actorOf(context), input);
    },

    async archive({ id }, context) {
      const actor = await actorOf(context);
      const { row, content, intact } = await read(actor, id);
      const isDisposed = row["disposed_at"] !== undefined;
      return {
        ...archiveSummary(row),
        variables: content.variables,
        forms: content.forms,
        history: content.history,
        ...(content.documents === undefined ? {} : { documents: content.documents }),
        signatures: isDisposed ? [] : await queries.archiveSignatures(content, intact),
        attachments: (content.attachments ?? []).map(({ file, name, size, sha256 }) => ({ file, name, size, sha256 })),
        intact,
        ...(row["hold"] === undefined ? {} : { hold: row["hold"] as ArchiveHold }),
        ...(row["disposal"] === undefined ? {} : { disposal: row["disposal"] as ArchiveDisposal }),
        mayHold: actor.permissions.has(PERMISSION) && !isDisposed,
      };
    },

    async archiveDocument({ id }, context) {
      const actor = await actorOf(context);
      const found = await read(actor, id);
      requireContent(found);
      const { row, content, intact } = found;
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
      return given(context, actor, id, "print-archive", {
        name: `${content.number} ${content.title}`.slice(0, 100) + ".pdf",
        mediaType: "application/pdf",
        content: chunks(pdf),
      });
    },

    async archivePackage({ id }, context) {
      const actor = await actorOf(context);
      const found = await read(actor, id);
      requireContent(found);
      return given(context, actor, id, "export-archive", {
        name: `${found.content.number}.zip`,
        mediaType: "application/zip",
        content: await archivePackage(found.row, files),
      });
    },

    async holdArchive(input, context) {
      const actor = await actorOf(context);
      parts.requirePermission(actor, PERMISSION);
      const { id, held, reason } = input;
      await write(context, actor.id, input, async (tx) => {
        const row = await tx.findOneForUpdate("wf_archive", { id, bureau: actor.bureau });
        if (!row) throw new JinshuiError("not-found", `There is no archive item ${id}`, { details: { archive: id } });
        requireContent({ row, content: row["content"] as ArchiveContent });
        const hold: ArchiveHold = { by: refOf(actor), at: tx.time, reason };
        await tx.update("wf_archive", { id }, { hold: held ? hold : null });
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: held ? "hold-archive" : "release-archive",
          resource: `archive/${id}`,
          after: { reason },
          trace: context.traceId,
        });
      });
      return archiveSummary((await database.findOne("wf_archive", { id })) ?? {});
    },

    async lendArchives(input, context) {
      const call = { ...input, plugin: await keeperOf(context), bureau: context.bureau, trace: context.traceId };
      return { archives: await write(context, call.plugin, input, (tx) => lendArchives(tx, call)) };
    },

    async disposeArchives(input, context) {
      const call = { ...input, plugin: await keeperOf(context), bureau: context.bureau, trace: context.traceId };
      return { archives: await write(context, call.plugin, input, (tx) => disposeArchives(tx, call)) };
    },
  };
}

/** A buffer as the store takes it. */
async function* chunks(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}
