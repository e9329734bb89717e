import { failpoint } from "@jinshui/bus";
import type { Field } from "@jinshui/contracts";
import { setImmediate } from "node:timers/promises";
import { towards } from "../collections/caller.js";
import { columnOf } from "../collections/columns.js";
import { conditions } from "../collections/conditions.js";
import { checkFields, orderColumns } from "../collections/filter.js";
import { visible } from "../collections/record-view.js";
import type { Standing } from "../collections/rights.js";
import { shown } from "../collections/values.js";
import type { Row } from "../database/table.js";
import { dayInChina } from "../china-time.js";
import { pageIndex } from "../database/page-index.js";
import { afterCursor, cursorAfter } from "../page.js";
import { asText, exportCell } from "./export-cells.js";
import { type ExportRequest, type Job, NOTHING_DONE } from "./job.js";
import { claimStep, endJob, JOBS, standingNow, type Work } from "./job-steps.js";
import { tooLarge } from "./reading/refused.js";
import type { OutCell, OutRow } from "./writing/cells.js";
import { csvContent } from "./writing/csv.js";
import { xlsxContent } from "./writing/xlsx.js";

/** Sorted lists are read in larger pieces: the database sorts for each of them. */
const SORTED_TIMES = 5;
const NOTE_MS = 300;
const MEDIA_TYPES = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  csv: "text/csv",
};

/** Writes a list into a file of its owner's. One that was cut off is begun anew: half a file is none. */
export async function runExport(work: Work, job: Job): Promise<void> {
  const request = job.request as ExportRequest;
  const { storage, limits } = work;
  const standing = await standingNow(work, job, "export", request.rows);
  const { definition, table } = standing.collection;
  const where = await conditions(storage.database, standing, request);
  const total = await storage.database.countTo(limits.maxRows + 1, table.name, where);
  if (total > limits.maxRows) throw tooLarge(definition.title["zh-CN"], "rows", limits.maxRows);
  job.progress = { ...NOTHING_DONE, total };
  const rows = exportedRows(work, job, request, total);
  const content =
    request.format === "csv"
      ? csvContent(rows, request.encoding ?? "utf-8")
      : xlsxContent([
          { title: definition.title["zh-CN"], widths: widthsOf(definition.fields, request.fields ?? []), rows },
        ]);
  const day = dayInChina(job.createdAt).replaceAll("-", "");
  const { file } = await storage.files.put(content, {
    name: `${definition.title["zh-CN"]}-${day}.${request.format}`,
    mediaType: MEDIA_TYPES[request.format],
    bureau: job.bureau,
    actor: job.owner.id,
  });
  await storage.database.transaction(async (tx) => {
    await claimStep(tx, work, job);
    await endJob(tx, job, { progress: job.progress, result: file });
    const { filter, search, sort, rows: scope, fields, format } = request;
    tx.audit({
      bureau: job.bureau,
      actor: job.owner,
      action: "export",
      resource: job.collection,
      after: { job: job.id, file, filter, search, sort, rows: scope, fields, format, count: job.progress.done },
    });
  });
}

async function* exportedRows(work: Work, job: Job, request: ExportRequest, total: number): AsyncGenerator<OutRow[]> {
  const { storage, limits } = work;
  const names = request.fields ?? [];
  const titles = new Titles(work);
  const sort = request.sort ?? [];
  const limit = limits.page * (sort.length > 0 ? SORTED_TIMES : 1);
  let cursor: string | undefined;
  let noted = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    // an embedded database answers at once: others are to be served too
    await setImmediate();
    // rights may change while it goes on
    const standing = await standingNow(work, job, "export", request.rows);
    const { definition, table } = standing.collection;
    checkFields(standing, names);
    if (isFirst) yield [headingRow(definition.fields, names)];
    const orderBy = orderColumns(standing, sort);
    const base = await conditions(storage.database, standing, request);
    const page = await storage.database.find(table.name, {
      where: cursor === undefined ? base : { and: [base, afterCursor(cursor, orderBy)] },
      orderBy,
      limit,
      ...(cursor === undefined ? {} : { index: pageIndex(table, base, orderBy) }),
      columns: [...new Set(["id", ...orderBy.map((name) => name.replace(/^-/, "")), ...names.map(columnOf)])],
    });
    const records = page.map((row) => valuesSeen(standing, names, row));
    const referred = await titles.of(standing, names, records);
    yield records.map((values) =>
      names.map((name) => {
        const cell = exportCell(definition.fields[name] as Field, values[name], referred.get(name));
        return request.format === "csv" ? asText(cell) : cell;
      }),
    );
    job.progress = { ...job.progress, done: job.progress.done + page.length, valid: job.progress.done + page.length };
    if (job.progress.done > limits.maxRows) throw tooLarge(definition.title["zh-CN"], "rows", limits.maxRows);
    job.progress.total = Math.max(total, job.progress.done);
    failpoint("transfer-page");
    if (page.length < limit) return;
    const last = page.at(-1);
    if (last) cursor = cursorAfter(last, orderBy);
    if (performance.now() - noted < NOTE_MS) continue;
    noted = performance.now();
    await storage.database.transaction(async (tx) => {
      await claimStep(tx, work, job);
      await tx.update(JOBS, { id: job.id }, { progress: job.progress });
    });
  }
}

function valuesSeen(standing: Standing, names: readonly string[], row: Row): Record<string, unknown> {
  const { fields } = standing.collection.definition;
  const entries = names.map((name): [string, unknown] => [name, shown(fields[name], row[columnOf(name)])]);
  return visible(standing, String(row["id"]), Object.fromEntries(entries));
}

/** Titles of fields; of two that are called the same the second goes by its name, so that an import can tell them apart. */
function headingRow(fields: Record<string, Field>, names: readonly string[]): OutRow {
  const given = new Set<string>();
  return names.map((name): OutCell => {
    const title = fields[name]?.title["zh-CN"] ?? name;
    const text = given.has(title) ? name : title;
    given.add(text);
    return { kind: "text", text, look: "heading" };
  });
}

function widthsOf(fields: Record<string, Field>, names: readonly string[]): number[] {
  return names.map((name) => (fields[name]?.type === "text" ? 40 : 18));
}

/** What records are called that others refer to. */
class Titles {
  readonly #known = new Map<string, Map<unknown, string>>();

  constructor(readonly work: Work) {}

  async of(
    standing: Standing,
    names: readonly string[],
    records: readonly Record<string, unknown>[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<unknown, string>>> {
    const { collection } = standing;
    for (const name of names) {
      const field = collection.definition.fields[name];
      if (field?.type !== "reference" || field.collection === undefined) continue;
      const there = towards(this.work.storage, standing)(collection, field.collection);
      const known = this.#of(name);
      const ids = [...new Set(records.map((values) => values[name]))].filter(
        (id) => typeof id === "string" && !known.has(id),
      );
      if (there && ids.length > 0) await this.#look(there, ids as string[], known);
    }
    return this.#known;
  }

  #of(name: string): Map<unknown, string> {
    let known = this.#known.get(name);
    if (!known || known.size > 20_000) {
      known = new Map<unknown, string>();
      this.#known.set(name, known);
    }
    return known;
  }

  async #look(there: Standing, ids: string[], known: Map<unknown, string>): Promise<void> {
    const { table, definition } = there.collection;
    const title = definition.display.title;
    for (let start = 0; start < ids.length; start += 500) {
      const where = { and: [there.reach, { id: { in: ids.slice(start, start + 500) } }] };
      const columns = ["id", columnOf(title)];
      for (const row of await this.work.storage.database.find(table.name, { where, columns })) {
        const text = visible(there, String(row["id"]), { [title]: row[columnOf(title)] })[title];
        if (typeof text === "string" && text !== "") known.set(row["id"], text);
      }
    }
  }
}
