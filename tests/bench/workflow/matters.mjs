import { DEPARTMENTS } from "./organisation.mjs";

/** Tables that hold something of a matter, and the column that says of which. */
const TABLES = {
  wf_instance: "id",
  wf_event: "instance",
  wf_task: "instance",
  wf_candidate: "instance",
  wf_history: "instance",
  wf_reminder: "instance",
  wf_notice: "instance",
  wf_archive: "instance",
  wf_figure_task: "instance",
  wf_figure_matter: "instance",
};
export const TABLE_NAMES = ["wf_draft", "wf_pause", "wf_timer", "wf_copy", ...Object.keys(TABLES)];
/** What ids of the matters that are copied begin with, instead of the time they were made. */
const MARK = { running: "feedc0de", finished: "feedf00d" };
const PARALLEL = 8;
/** Copies of one statement. */
const AT_ONCE = 20;

/** Runs one matter of each department to where all are copied from: one that waits for the chief, and one that is finished. */
export async function runMatters(site) {
  const departments = Array.from({ length: DEPARTMENTS }, (_, n) => n);
  const run = async (n, finish) => {
    const { id } = await site.as(`clerk${n}`, "start", { definition: site.definition, values: {} });
    if (!finish) return id;
    await completeFirst(site, `chief${n}`, id);
    await completeFirst(site, `reviewer${n}`, id);
    return id;
  };
  for (const [kind, finish] of [
    ["finished", true],
    ["running", false],
  ]) {
    const ids = [];
    for (let first = 0; first < departments.length; first += PARALLEL)
      ids.push(...(await Promise.all(departments.slice(first, first + PARALLEL).map((n) => run(n, finish)))));
    await markTemplates(site.sql, ids, MARK[kind]);
  }
}

async function completeFirst(site, username, instance) {
  const { tasks } = await site.as(username, "tasks", { kind: "todo", limit: 200 });
  const { id, version } = tasks.find((task) => task.instance === instance);
  await site.as(username, "complete", { id, version, action: "approve", opinion: "同意", values: {} });
}

/** Copies matters once, with ids that can be told in any text: whatever names them is renamed with them. */
async function markTemplates(sql, instances, mark) {
  for (const instance of instances) {
    const rows = {};
    for (const [table, column] of Object.entries(TABLES))
      rows[table] = await sql.all(`SELECT * FROM ${table} WHERE ${column} = ?`, [instance]);
    const own = new Set([
      instance,
      ...["wf_task", "wf_notice", "wf_archive"].flatMap((name) => rows[name].map(({ id }) => id)),
    ]);
    const renamed = (value) => {
      if (typeof value !== "string") return value;
      let text = value;
      for (const id of own) if (text.includes(id)) text = text.replaceAll(id, `${mark}${id.slice(8)}`);
      return text;
    };
    await sql.transaction(async (run) => {
      for (const [table, list] of Object.entries(rows))
        for (const { ...row } of list) {
          if (table === "wf_history") delete row.id;
          if (table === "wf_instance") row.number = `${mark}-${row.number}`;
          const columns = Object.keys(row);
          await run(
            `INSERT INTO ${table} (${columns.map((name) => `\`${name}\``).join()}) VALUES (${columns.map(() => "?").join()})`,
            Object.values(row).map(renamed),
          );
        }
    });
  }
}

/**
 * Makes so many more matters in the database itself, each consistent with itself in all tables as the runtime leaves it, except for what
 * it has sent and what was written about it in the audit trail.
 * @param {"running" | "finished"} kind
 * @param {number} from Number of the first; no number may come twice.
 */
export async function copyMatters(sql, kind, from, count) {
  const mark = MARK[kind];
  const columns = {};
  for (const table of Object.keys(TABLES))
    columns[table] = (await columnsOf(sql, table)).filter(({ name }) => table !== "wf_history" || name !== "id");
  const rounds = Math.ceil(count / DEPARTMENTS);
  for (let round = 0; round < rounds; round += AT_ONCE)
    await sql.transaction(async (run) => {
      for (let at = round; at < Math.min(rounds, round + AT_ONCE); at += 1) {
        // of another kind, another first digit
        const prefix = `${kind === "running" ? "1" : "2"}${(from + at).toString(16).padStart(7, "0")}`;
        for (const [table, column] of Object.entries(TABLES))
          await run(
            `INSERT INTO ${table} (${columns[table].map(({ name }) => `\`${name}\``).join()}) SELECT ${columns[table]
              .map(({ name, isText }) => (isText ? `REPLACE(\`${name}\`, '${mark}', '${prefix}')` : `\`${name}\``))
              .join()} FROM ${table} WHERE ${column} >= '${mark}-' AND ${column} < '${mark}.'`,
          );
      }
    });
  return from + rounds;
}

async function columnsOf(sql, table) {
  const found =
    sql.kind === "sqlite"
      ? await sql.all(`SELECT name, type FROM pragma_table_info('${table}')`)
      : await sql.all(
          "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position",
          [table],
        );
  return found.map(({ name, type }) => ({ name, isText: /char|text|json/i.test(type) }));
}

/** Open tasks of chiefs, with who does them, in no order that follows the departments. */
export async function openTasks(sql, limit, skip = 0) {
  const rows = await sql.all(
    `SELECT task.id, task.version, task.instance, task.department FROM wf_task task WHERE task.state = 'open' AND task.element = 'chief' AND task.id NOT LIKE 'feed%'
     ORDER BY SUBSTR(task.id, 1, 8) DESC, task.id LIMIT ${Number(limit)} OFFSET ${Number(skip)}`,
  );
  return rows.map(({ id, version, instance, department }) => ({
    ...{
      id,
      instance,
      version: Number(version),
      person: `chief${department.slice(1)}`,
      next: `reviewer${department.slice(1)}`,
    },
  }));
}
