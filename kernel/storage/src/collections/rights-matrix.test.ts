import { type Context, isJinshuiError, storageApi, type StorageApi } from "@jinshui/contracts";
import { setImmediate } from "node:timers/promises";
import type { Database } from "../database/database.js";
import { eachDatabase } from "../testing/each.js";
import { as, storageService } from "../testing/storage-service.js";
import {
  administers,
  all,
  CALLERS,
  collection,
  type FieldName,
  item,
  lies,
  ownTransfer,
  reach,
  readsFile,
  type RowName,
  ROWS,
  scopeOf,
  seen,
  VALUES,
  type Who,
  writable,
  written,
} from "../testing/rights-oracle.js";
import type { StorageService } from "./service.js";

const table = "c_case__item";

type Op = keyof StorageApi["ops"];
/** A bureau's own keeper, who has made all that is there. */
const keeper = (bureau: string): Context =>
  as(`管@legal:${all("bureau", "case.secret", "case.unmask").join(":")}`, { bureau });

class Site {
  readonly ids = new Map<RowName, string>();
  readonly files = new Map<RowName, string>();
  readonly jobs = new Map<RowName, string>();

  constructor(
    readonly service: StorageService,
    readonly database: Database,
  ) {}

  get handlers(): StorageService["handlers"] {
    return this.service.handlers;
  }

  id = (row: RowName): string => this.ids.get(row) ?? "";
  file = (row: RowName): string => this.files.get(row) ?? "";
  job = (row: RowName): string => this.jobs.get(row === "mine" ? "mine" : "other") ?? "";

  async upload(bureau: string, actor: string): Promise<string> {
    const content = (async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from("标题\n甲\n"));
    })();
    return (await this.service.files.put(content, { name: "表.csv", mediaType: "text/csv", bureau, actor })).file;
  }

  async prepare(): Promise<void> {
    for (const [row, { bureau, ...whose }] of Object.entries(ROWS) as [RowName, (typeof ROWS)[RowName]][]) {
      const file = await this.upload(bureau, "管");
      const values = { ...VALUES, ...whose, title: row, mark: row, papers: [file] };
      this.ids.set(row, (await this.handlers.insert({ collection, values }, keeper(bureau))).id);
      this.files.set(row, file);
    }
    for (const [row, who] of [
      ["mine", "己"],
      ["other", "彼"],
    ] as const) {
      const job = await this.handlers.startExport(
        { collection, format: "csv" },
        as(`${who}@levy:${all("own").join(":")}`),
      );
      this.jobs.set(row, job.id);
    }
    await this.service.transferred();
  }

  /** A record of the same people as another, to be changed. */
  async copy(row: RowName): Promise<string> {
    const { bureau, ...whose } = ROWS[row];
    return (await this.handlers.insert({ collection, values: { ...VALUES, ...whose, title: "副本" } }, keeper(bureau)))
      .id;
  }
}

function contextOf({ caller, bureau, permissions, broken }: Who): Context {
  const token = broken ?? (permissions && ["己@levy", ...permissions].join(":"));
  return as(token, { caller, bureau });
}

const shown = (values: Record<string, unknown> | undefined, field: FieldName, row?: RowName): string => {
  if (values === undefined) return "none";
  const value = values[field];
  if (value === undefined || value === null) return "absent";
  return value === (field === "title" ? row : VALUES[field]) ? "clear" : "masked";
};

interface Probe {
  /** What it comes to: a code, or what is seen. */
  run: (site: Site, context: Context, row: RowName, field: FieldName) => Promise<string>;
  oracle: (who: Who, row: RowName, field: FieldName) => string;
}

const done = (call: Promise<unknown>): Promise<string> => call.then(() => "ok");
const verdict = { reason: "误报" };

/** Every operation there is: one that comes without an entry is no program. */
const PROBES: Record<Op, Probe> = {
  describe: {
    run: async ({ handlers }, context, _, field) => {
      const found = (await handlers.describe({}, context)).collections.find(({ id }) => id === collection);
      if (!found) return "none";
      const { hidden, masked, locked } = found.fields;
      const view = hidden.includes(field) ? "absent" : masked.includes(field) ? "masked" : "clear";
      return [found.rows, found.writable, found.exportable, view, !locked.includes(field)].join();
    },
    oracle: (who, _, field) => {
      const scope = scopeOf(who, "read");
      const others = [scopeOf(who, "write"), scopeOf(who, "export")].map((other) => other !== undefined);
      return scope === undefined ? "none" : [scope, ...others, seen(who, field), writable(who, field)].join();
    },
  },
  get: {
    run: async ({ handlers, id }, context, row, field) => {
      const one = { collection, id: id(row) };
      const now = shown((await handlers.get(one, context)).values, field, row);
      const then = await handlers.get({ ...one, at: new Date().toISOString() }, context);
      return now === shown(then.values, field, row) ? now : `${now}, but not as of a time`;
    },
    oracle: (who, row, field) => reach(who, row, "read", seen(who, field)),
  },
  find: {
    run: async ({ handlers }, context, row, field) =>
      shown((await handlers.find({ collection, filter: { title: row } }, context)).records[0]?.values, field, row),
    oracle: (who, row, field) => reach(who, row, "read", seen(who, field), "none", true),
  },
  count: {
    run: async ({ handlers }, context, row) =>
      String((await handlers.count({ collection, filter: { title: row }, rows: "subtree" }, context)).total),
    oracle: (who, row) => (scopeOf(who, "read") === "subtree" ? reach(who, row, "read", "1", "0") : "forbidden"),
  },
  aggregate: {
    run: async ({ handlers }, context, row, field) => {
      const asked = {
        collection,
        filter: { title: row },
        groupBy: [{ field }],
        measures: { n: { fn: "count" as const } },
      };
      return shown((await handlers.aggregate(asked, context)).groups[0], field, row);
    },
    oracle: (who, row, field) => {
      if (scopeOf(who, "read") === undefined || seen(who, field) === "absent") return "forbidden";
      return seen(who, field) === "masked" ? "invalid-request" : reach(who, row, "read", "clear", "none", true);
    },
  },
  history: {
    run: async ({ handlers, id }, context, row, field) => {
      const { changes } = await handlers.history({ collection, id: id(row) }, context);
      const made = changes.at(-1)?.fields.map(({ field: name, after }): [string, unknown] => [name, after]);
      return shown(Object.fromEntries(made ?? []), field, row);
    },
    oracle: (who, row, field) => reach(who, row, "read", seen(who, field)),
  },
  changes: {
    run: async ({ handlers, id }, context, row, field) => {
      const { changes } = await handlers.changes({ collection, limit: 200 }, context);
      return shown(changes.find((change) => change.id === id(row))?.values, field, row);
    },
    oracle: (who, row, field) =>
      ["bureau", "subtree"].includes(scopeOf(who, "read") ?? "")
        ? reach(who, row, "read", seen(who, field), "none", true)
        : "forbidden",
  },
  insert: {
    run: ({ handlers }, context, row, field) => {
      const { bureau: _, ...whose } = ROWS[row];
      return done(handlers.insert({ collection, values: { ...whose, [field]: "新" } }, context));
    },
    oracle: (who, row, field) => {
      const scope = scopeOf(who, "write");
      const isOwn = scope !== undefined && lies({ ...ROWS[row], bureau: who.bureau }, scope, who.bureau);
      return isOwn && writable(who, field) ? "ok" : "forbidden";
    },
  },
  update: {
    run: async ({ handlers, copy }, context, row, field) =>
      done(handlers.update({ collection, id: await copy(row), version: 1, values: { [field]: "新" } }, context)),
    oracle: written,
  },
  upsert: {
    run: async ({ handlers, database }, context, row, field) => {
      const values = { [field]: field === "title" ? row : VALUES[field] };
      const { created } = await handlers.upsert({ collection, key: { mark: row }, values }, context);
      if (created)
        await database.transaction((tx) => tx.remove(table, { f_mark: row, bureau: { ne: ROWS[row].bureau } }));
      return created ? "created" : "ok";
    },
    // another bureau's record is not there, so that one of the own bureau is made
    oracle: (who, row, field) => {
      if (scopeOf(who, "write") === undefined) return "forbidden";
      if (ROWS[row].bureau !== who.bureau) return writable(who, field) ? "created" : "forbidden";
      return written(who, row, field);
    },
  },
  remove: {
    run: async ({ handlers, copy }, context, row) =>
      done(handlers.remove({ collection, id: await copy(row), version: 1 }, context)),
    oracle: (who, row) => reach(who, row, "write", "ok"),
  },
  restore: {
    run: async ({ handlers, copy }, context, row) => {
      const one = { collection, id: await copy(row) };
      await handlers.remove({ ...one, version: 1 }, keeper(ROWS[row].bureau));
      return done(handlers.restore({ ...one, version: 2 }, context));
    },
    oracle: (who, row) => reach(who, row, "write", "ok"),
  },
  transact: {
    run: async ({ handlers, copy }, context, row, field) => {
      const change = { op: "update" as const, collection, id: await copy(row), values: { [field]: "新" } };
      return done(handlers.transact({ operations: [change] }, context));
    },
    oracle: written,
  },
  claimFile: {
    run: ({ handlers, file }, context, row) => done(handlers.claimFile({ file: file(row) }, context)),
    oracle: readsFile,
  },
  fileInfo: {
    run: ({ handlers, file }, context, row) => done(handlers.fileInfo({ file: file(row) }, context)),
    oracle: readsFile,
  },
  allowUpload: {
    run: ({ handlers }, context) => done(handlers.allowUpload({}, context)),
    oracle: ({ caller, permissions }) =>
      caller === "gateway" && permissions === undefined ? "sign-in-required" : "ok",
  },
  quarantinedFiles: {
    run: ({ handlers }, context) => done(handlers.quarantinedFiles({}, context)),
    oracle: (who) => administers(who, "ok"),
  },
  releaseFile: {
    run: ({ handlers, file }, context, row) => done(handlers.releaseFile({ file: file(row), ...verdict }, context)),
    oracle: (who) => administers(who, "not-found"),
  },
  destroyFile: {
    run: ({ handlers, file }, context, row) => done(handlers.destroyFile({ file: file(row), ...verdict }, context)),
    oracle: (who) => administers(who, "not-found"),
  },
  checkFiles: {
    run: ({ handlers }, context) => done(handlers.checkFiles({}, context)),
    oracle: (who) => administers(who, "ok"),
  },
  fileCheck: {
    run: ({ handlers }, context) => done(handlers.fileCheck({}, context)),
    oracle: (who) => administers(who, "ok"),
  },
  startImport: {
    run: async (site, context) => {
      const actor = context.actor === undefined ? `plugin:${context.caller}` : "己";
      const file = await site.upload(context.bureau, actor);
      return done(site.handlers.startImport({ collection, file, checkOnly: true }, context));
    },
    oracle: (who) => {
      if (scopeOf(who, "write") === undefined) return "forbidden";
      return who.permissions === undefined ? "sign-in-required" : "ok";
    },
  },
  startExport: {
    run: ({ handlers }, context, _, field) =>
      done(handlers.startExport({ collection, format: "csv", fields: [field] }, context)),
    oracle: (who, _, field) => {
      if (scopeOf(who, "export") === undefined || seen(who, field) === "absent") return "forbidden";
      return who.permissions === undefined ? "sign-in-required" : "ok";
    },
  },
  transfer: {
    run: ({ handlers, job }, context, row) => done(handlers.transfer({ id: job(row) }, context)),
    oracle: (who, row) => (ownTransfer(who, row) ? "ok" : "not-found"),
  },
  transfers: {
    run: async ({ handlers, job }, context, row) => {
      const { jobs } = await handlers.transfers({ kind: "export", limit: 200 }, context);
      return jobs.some(({ id }) => id === job(row)) ? "listed" : "none";
    },
    oracle: (who, row) => (ownTransfer(who, row) ? "listed" : "none"),
  },
  cancelTransfer: {
    run: ({ handlers, job }, context, row) => done(handlers.cancelTransfer({ id: job(row) }, context)),
    oracle: (who, row) => (ownTransfer(who, row) ? "ok" : "not-found"),
  },
  importTemplate: {
    run: ({ handlers }, context) => done(handlers.importTemplate({ collection }, context)),
    oracle: (who) => (scopeOf(who, "write") === undefined ? "forbidden" : "ok"),
  },
};

// checklist: 18, 19
eachDatabase(
  "every operation does exactly what plugin ∩ person ∩ bureau ∩ row ∩ field allow",
  async (t, { database }) => {
    t.timeout(600_000);
    const service = await storageService(t, database, [item], { plugin: "case" });
    const site = new Site(service, database);
    site.copy = site.copy.bind(site);
    await site.prepare();
    const cases = [
      ...(Object.keys(ROWS) as RowName[]).map((row): [RowName, FieldName] => [row, "title"]),
      ...(Object.keys(VALUES) as FieldName[]).slice(1).map((field): [RowName, FieldName] => ["mine", field]),
    ];
    const wrong: string[] = [];
    for (const op of Object.keys(storageApi.ops) as Op[]) {
      const { run, oracle } = PROBES[op];
      for (const who of CALLERS)
        for (const [row, field] of cases) {
          // an embedded database answers at once: without a turn of the loop the other database's sockets would time out
          await setImmediate();
          const expected = who.broken ?? oracle(who, row, field);
          const actual = await run(site, contextOf(who), row, field).catch((error: unknown) =>
            isJinshuiError(error) ? error.code : String(error),
          );
          if (op.startsWith("start")) await service.transferred();
          if (actual !== expected)
            wrong.push(`${op} of ${field} in "${row}" by ${who.name}: ${actual} instead of ${expected}`);
        }
    }
    t.deepEqual(wrong, []);
  },
);
