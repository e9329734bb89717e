import { signInAll } from "./sign-in-all.js";
import type { TestMariaDb } from "@jinshui/storage/testing";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChaosSite } from "./chaos-site.js";
import { History, operationsOf } from "./history.js";
import { Nemesis } from "./nemesis.js";
import { Reader } from "./reader.js";
import type { Run } from "./run.js";
import { seeded, Workload } from "./workload.js";

export interface DrillOptions {
  seed: number;
  /** How long faults go on; each comes once at least. */
  ms: number;
  maria?: TestMariaDb;
  /** Told at the end. */
  log: (line: string) => void;
}

/** What a drill has left to be judged. */
export interface Drilled extends Run {
  /** Where its history is written. */
  path: string;
}

const DRAIN_MS = 60_000;
const FINISH_MS = 90_000;
const PROCESSES = 12;

/** People work while everything is killed; then all is mended, brought to rest and read. */
export async function drill({ seed, ms, maria, log }: DrillOptions): Promise<Drilled> {
  const folder = join(tmpdir(), "jinshui-chaos-histories");
  await mkdir(folder, { recursive: true });
  const database = maria ? "mariadb" : "sqlite";
  const path = join(folder, `${database}-${seed}.jsonl`);
  const history = new History(path, { seed, database });
  log(`seed ${seed}, history ${path}`);
  const site = await ChaosSite.start({ seed, processes: PROCESSES, maria });
  const reader = await Reader.open(site.database);
  let workload: Workload | undefined;
  try {
    reader.watch();
    const { clients, outsider, definitions } = await signInAll(() => site.urls);
    workload = new Workload(clients, history, definitions, seed);
    const nemesis = new Nemesis(site, history, workload, seeded(seed), maria !== undefined || ms > 0);
    workload.start();
    const began = Date.now();
    const faults = await nemesis.rage(ms);
    history.fault("healed");
    const raged = Date.now();
    await workload.finish(async () => (await reader.open()) === 0, FINISH_MS);
    await workload.stop();
    const finished = Date.now();
    await reader.settled(DRAIN_MS);
    const director = clients.at(-1); // who sees every matter
    if (!director) throw new Error("nobody works here");
    const snapshot = await reader.snapshot(director, outsider);
    const operations = operationsOf(history.lines);
    log(
      `${operations.length} operations, ${snapshot.instances.length} matters, ${snapshot.effects.length} effects of jobs, ${faults} faults in ${((raged - began) / 1_000).toFixed(0)} s, finished after ${((finished - raged) / 1_000).toFixed(0)} s, at rest after ${((Date.now() - finished) / 1_000).toFixed(0)} s more`,
    );
    log(`attempts without an answer: ${JSON.stringify(tally(history))}`);
    return { operations, snapshot, differences: nemesis.differences, path };
  } catch (error) {
    await keepLogs(site, path);
    throw error;
  } finally {
    workload?.abandon();
    await reader.close();
    await site.stop();
    await history.close();
  }
}

/** Keeps what the kernels wrote beside the history. */
async function keepLogs({ folder, kernels }: ChaosSite, path: string): Promise<void> {
  for (const [index, { output }] of kernels.entries()) await writeFile(`${path}.${index + 1}.output`, output);
  for (const kernel of ["first", "second"])
    await copyFile(join(folder, kernel, "kernel.log"), `${path}.${kernel}.log`).catch(() => undefined);
}

/** How often each reason for which an attempt was repeated, or a command refused, came. */
function tally({ lines }: History): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines)
    if (line.type === "retry" || line.type === "fail" || line.type === "info")
      counts[`${line.type} ${line.code}`] = (counts[`${line.type} ${line.code}`] ?? 0) + 1;
  return counts;
}
