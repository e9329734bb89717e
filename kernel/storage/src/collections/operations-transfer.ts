import { type Context, type Handlers, JinshuiError, type StorageApi, type TransferJob } from "@jinshui/contracts";
import { servedRequest } from "../audit/request.js";
import { newId } from "../database/ids.js";
import type { Where } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { type ExportRequest, type ImportRequest, type Job, jobOf, jobView, NOTHING_DONE } from "../transfer/job.js";
import { JOBS } from "../transfer/job-steps.js";
import { templateContent } from "../transfer/template.js";
import { end, type Transfers } from "../transfer/transfers.js";
import { DEFAULT_LIMIT } from "../page.js";
import { noteCompared, type Storage, standingOf, write } from "./caller.js";
import { uniqueRules } from "./columns.js";
import { conditions } from "./conditions.js";
import { checkFields, orderColumns } from "./filter.js";
import { checkKey } from "./record-values.js";
import type { Standing } from "./rights.js";

type TransferOps = "startImport" | "startExport" | "transfer" | "transfers" | "cancelTransfer" | "importTemplate";

/** The operations that move records in and out of files. */
export function transferOperations(storage: Storage, transfers: Transfers): Pick<Handlers<StorageApi>, TransferOps> {
  const { database, files, access } = storage;

  const viewOf = async (job: Job): Promise<TransferJob> => {
    // a result is gone after a day
    const result =
      job.result === undefined ? undefined : await files.describe(job.result, job.bureau).catch(() => undefined);
    return { ...jobView(job), ...(result ? { result } : {}) };
  };

  /** A person's jobs; a plugin sees those of its own collections. */
  const ownJobs = async (context: Context): Promise<Where> => {
    const { actor, plugin } = await access.resolve(context);
    const own = { bureau: context.bureau, owner: actor?.id ?? "" };
    return plugin === undefined ? own : { and: [own, { collection: { startsWith: `${plugin}.` } }] };
  };

  const ownJob = async (id: string, context: Context): Promise<Job> => {
    const row = await database.findOne(JOBS, { id, ...(await ownJobs(context)) });
    if (!row) throw new JinshuiError("not-found", `There is no transfer ${id}`, { details: { id } });
    return jobOf(row);
  };

  const begin = async (
    kind: Job["kind"],
    { call, collection }: Standing,
    context: Context,
    input: unknown,
    request: ImportRequest | ExportRequest,
  ): Promise<TransferJob> => {
    const owner = call.actor;
    if (!owner) throw new JinshuiError("sign-in-required", "An import or export is somebody's");
    const { client, onBehalfOf } = servedRequest() ?? {};
    const asker = { caller: context.caller, trace: context.traceId, client, onBehalfOf };
    const job = await write(storage, context, call, input, async (tx) => {
      await checkRoom(tx, context.bureau, owner.id, transfers.limits.perPerson);
      const id = newId();
      await tx.insert(JOBS, {
        id,
        bureau: context.bureau,
        kind,
        collection: collection.id,
        state: "waiting",
        owner: owner.id,
        owner_name: owner.name,
        request: { ...request, asker },
        last_row: 0,
        progress: NOTHING_DONE,
        created_at: tx.time,
      });
      // the file stays while the job has need of it
      if ("file" in request)
        await files.link(tx, {
          bureau: context.bureau,
          file: request.file,
          collection: JOBS,
          record: id,
          field: "file",
        });
      const row = await tx.findOne(JOBS, { id });
      return jobView(jobOf(row ?? {}));
    });
    transfers.wake();
    return job;
  };

  return {
    startImport: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "write");
      const { name } = await files.contentFor(standing.call, input.file, context.bureau);
      const key = keyOf(standing, input);
      const { file, checkOnly = false, ignoreUnknown = false } = input;
      const request = { file, name, checkOnly, ignoreUnknown, ...(key === undefined ? {} : { key }) };
      return begin("import", standing, context, input, request);
    },

    startExport: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "export", input.rows);
      const { hidden } = standing.fields;
      const { collection: _collection, ...asked } = input;
      const all = Object.keys(standing.collection.definition.fields).filter((name) => !hidden.has(name));
      const request = { ...asked, fields: input.fields ?? all };
      // what is wrong with the question is said now, not when the job has begun
      checkFields(standing, request.fields);
      const unknown = request.fields.find((name) => !Object.hasOwn(standing.collection.definition.fields, name));
      if (unknown !== undefined)
        throw new JinshuiError("invalid-request", `${input.collection} has no field "${unknown}"`, {
          details: { field: unknown },
        });
      orderColumns(standing, input.sort ?? []);
      await conditions(database, standing, input);
      await noteCompared(storage, context, standing, input.filter);
      return begin("export", standing, context, input, request);
    },

    transfer: async ({ id }, context) => viewOf(await ownJob(id, context)),

    transfers: async ({ collection, kind, limit = DEFAULT_LIMIT, cursor }, context) => {
      const rows = await database.find(JOBS, {
        where: {
          and: [await ownJobs(context)],
          ...(collection === undefined ? {} : { collection }),
          ...(kind === undefined ? {} : { kind }),
          ...(cursor === undefined ? {} : { id: { lt: cursor } }),
        },
        orderBy: ["-id"],
        limit: limit + 1,
      });
      const jobs = await Promise.all(rows.slice(0, limit).map((row) => viewOf(jobOf(row))));
      const last = jobs.at(-1);
      return { jobs, ...(rows.length > limit && last ? { nextCursor: last.id } : {}) };
    },

    cancelTransfer: async ({ id }, context) => {
      const job = await ownJob(id, context);
      await database.transaction((tx) => end(tx, job, "cancelled"), { essential: true });
      return viewOf(await ownJob(id, context));
    },

    importTemplate: async ({ collection }, context) => {
      const standing = await standingOf(storage, context, collection, "write");
      const { definition } = standing.collection;
      return files.put(templateContent(standing), {
        name: `${definition.title["zh-CN"]}-导入模板.xlsx`,
        mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bureau: context.bureau,
        actor: standing.call.actor?.id ?? `plugin:${standing.call.plugin ?? ""}`,
      });
    },
  };
}

/** The field by which an upsert finds records. */
function keyOf(standing: Standing, { mode, key }: { mode?: string; key?: string }): string | undefined {
  if (mode !== "upsert") return undefined;
  const { collection } = standing;
  const single = uniqueRules(collection.definition).flatMap((names) => (names.length === 1 ? names : []));
  const rule = single.find((name) => name === key);
  if (rule !== undefined && collection.definition.fields[rule]?.type !== "serial") {
    checkKey(standing, [rule]);
    return rule;
  }
  throw new JinshuiError("invalid-request", `${collection.id} is no register that "${key ?? ""}" finds records in`, {
    details: { field: key, unique: single },
  });
}

async function checkRoom(tx: Transaction, bureau: string, owner: string, limit: number): Promise<void> {
  const open = await tx.count(JOBS, { bureau, owner, state: { in: ["waiting", "running"] } });
  if (open < limit) return;
  throw new JinshuiError("too-many-requests", `${limit} imports and exports at a time`, {
    retryAfterMs: 10_000,
    details: { limit },
  });
}
