import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDatabase } from "../../../kernel/storage/dist/index.js";
import { Definitions } from "../../../kernel/workflow/dist/definition/definitions.js";
import { figuresOf, MATTERS, STEPS } from "../../../kernel/workflow/dist/figures/compute.js";
import { FigureRows } from "../../../kernel/workflow/dist/figures/figure-rows.js";
import { periodOf } from "../../../kernel/workflow/dist/figures/measures.js";
import { FIGURE_TABLES } from "../../../kernel/workflow/dist/figures/tables.js";
import { WORKFLOW_TABLES } from "../../../kernel/workflow/dist/index.js";
import { cpuMs, table } from "../harness.mjs";

/**
 * Figures over a year of a bureau's work on SQLite: how long it takes to make the rows of the figures from scratch, and to
 * answer every question of a scoreboard, by the time on one processor: what others do on the machine does not count. An event is a line of a matter's history: twelve a matter, of three steps.
 * `--events 1000000` is what is promised; ends with 1 when all questions together take longer than the limit.
 */
const LIMIT_MS = 10_000;
const EVENTS_PER_MATTER = 12;
const STEPS_PER_MATTER = 3;
const { values: given } = parseArgs({ options: { events: { type: "string" }, json: { type: "boolean" } } });
const events = Number(given.events ?? 1_000_000);
const matters = Math.floor(events / EVENTS_PER_MATTER);
const START = Date.UTC(2025, 10, 1);
const YEAR_MS = 365 * 86_400_000;

const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-figures-"));
const database = await openDatabase(`sqlite:${join(folder, "site.sqlite")}`);
try {
  await database.ensureTables([...WORKFLOW_TABLES, ...FIGURE_TABLES]);
  await fill();
  const rows = new FigureRows(database, new Definitions(database, () => true));
  const made = await timed(() => rows.rebuild("wuhu"));
  const period = periodOf("2025-11", "2026-10", new Date(START + 2 * YEAR_MS).toISOString());
  const asked = [
    ...[undefined, "matter", "place", "position", "person", "department"].map((by) => ["steps", by]),
    ...[undefined, "matter", "person", "department"].map((by) => ["matters", by]),
  ];
  const answers = [];
  for (const [kind, by] of asked) {
    const question = () => figuresOf(database, kind === "steps" ? STEPS : MATTERS, { bureau: "wuhu" }, period, by);
    const { ms, cpu, result } = await timed(question);
    answers.push({ kind, by: by ?? "all", groups: result.length, ms, cpu });
  }
  const all = answers.reduce((sum, { cpu }) => sum + cpu, 0);
  const wall = answers.reduce((sum, { ms }) => sum + ms, 0);
  if (given.json)
    console.log(
      JSON.stringify({
        events,
        rebuildCpuMs: made.cpu,
        rebuildMs: made.ms,
        answersCpuMs: all,
        answersMs: wall,
        answers,
      }),
    );
  else {
    console.log(`${events} events, ${matters} matters, ${made.result.steps} steps`);
    console.log(
      `rows of the figures from scratch: ${Math.round(made.ms)} ms (${Math.round(made.cpu)} ms of processor)`,
    );
    console.log(
      table(
        ["what", "by", "groups", "ms", "cpu ms"],
        answers.map(({ kind, by, groups, ms, cpu }) => [kind, by, groups, Math.round(ms), Math.round(cpu)]),
      ),
    );
    console.log(
      `all questions of a year: ${Math.round(all)} ms of processor (limit ${LIMIT_MS} ms), ${Math.round(wall)} ms on the clock`,
    );
  }
  process.exitCode = all > LIMIT_MS ? 1 : 0;
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function timed(work) {
  const [began, cpu] = [performance.now(), cpuMs()];
  const result = await work();
  return { result, ms: performance.now() - began, cpu: cpuMs() - cpu };
}

/** A year of matters: 40 kinds, 200 people, a fifth sent back, a tenth late, a few not finished. */
async function fill() {
  const forms = [];
  await database.transaction((tx) =>
    tx.insert(
      "wf_definition",
      Array.from({ length: 40 }, (_, n) => ({
        ...{ id: `d${n}`, bureau: "wuhu", process_key: `matter-${n}`, version: 1, latest: true, title: `事项${n}` },
        ...{ xml: "", model: { extensions: {}, elements: {}, starts: {} }, forms, problems: [], sha256: "" },
        deployed_at: new Date(START).toISOString(),
      })),
    ),
  );
  const at = (n, hours) => new Date(START + Math.floor((n / matters) * YEAR_MS) + hours * 3_600_000).toISOString();
  for (let first = 0; first < matters; first += 2_000) {
    const numbers = Array.from({ length: Math.min(2_000, matters - first) }, (_, index) => first + index);
    await database.transaction(async (tx) => {
      await tx.insert(
        "wf_instance",
        numbers.map((n) => ({
          ...{ id: `i${n}`, bureau: "wuhu", number: `n${n}`, title: `t${n}`, definition: `d${n % 40}`, version: 9 },
          ...{ status: n % 50 === 0 ? "active" : "completed", steps: [], applicant: { id: `p${n % 200}`, name: "x" } },
          ...{ state: { variables: { applicant: { department: `dep${n % 12}` } } }, applicant_id: `p${n % 200}` },
          started_at: at(n, 0),
          ended_at: n % 50 === 0 ? undefined : at(n, (n % 70) + 9),
        })),
      );
      await tx.insert(
        "wf_task",
        numbers.flatMap((n) =>
          Array.from({ length: STEPS_PER_MATTER }, (_, step) => ({
            ...{
              id: `t${n}-${step}`,
              bureau: "wuhu",
              instance: `i${n}`,
              engine_task: `e${step}`,
              element: `step${step}`,
            },
            ...{ step: `环节${step}`, version: 2, position: `position-${step}`, applicant_id: `p${n % 200}` },
            ...{ arrived_at: at(n, step * 3), due_at: at(n, step * 3 + 48), done_in: `dep${n % 12}` },
            ...(n % 50 === 0 && step === 2
              ? { state: "open" }
              : {
                  ...{ state: "completed", completed_by: `p${(n * 7 + step) % 200}` },
                  completed_at: at(n, step * 3 + (n % 10 === 0 ? 60 : n % 40)),
                  action: n % 5 === 0 && step === 1 ? "return" : "approve",
                }),
          })),
        ),
      );
    });
  }
}
