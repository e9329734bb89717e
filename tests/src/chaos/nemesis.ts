import { isJinshuiError } from "@jinshui/contracts";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@jinshui/testing";
import type { ChaosSite } from "./chaos-site.js";
import type { History } from "./history.js";
import type { Workload } from "./workload.js";

/** Longer than a lease holds. */
const PAUSE_MS = 11_000;

/** Commands that a storm repeats at least. */
const ENOUGH = 30;

type Fault = (nemesis: Nemesis) => Promise<void>;

/** Does harm in an order that the seed decides, to processes of the drill only. */
export class Nemesis {
  /** Answers to a command that was sent again and that differ from the first one. */
  readonly differences: string[] = [];

  constructor(
    readonly site: ChaosSite,
    readonly history: History,
    readonly workload: Workload,
    readonly random: () => number,
    /** Whether a second kernel comes in: a site on SQLite has one, and two make each other wait. */
    readonly hasSecond: boolean,
  ) {}

  /** All faults once, in some order; then again until the time is over. */
  async rage(ms: number): Promise<number> {
    const end = Date.now() + ms;
    let count = 0;
    do {
      for (const [name, fault] of this.#shuffled()) {
        await sleep(400 + this.random() * 1_200);
        this.history.fault(name);
        await fault(this);
        this.history.fault(`${name}: over`);
        count += 1;
      }
    } while (Date.now() < end);
    return count;
  }

  #shuffled(): [string, Fault][] {
    const all: [string, Fault][] = [
      ["kill kernel", killKernel],
      ["kill plugin", killPlugin],
      ["kill bus", killBus],
      ["kill and wipe bus", wipeBus],
      ["commands again", storm],
      ...(this.hasSecond ? ([["pause kernel beside another", pauseBeside]] as const) : []),
      ...(this.site.maria
        ? ([
            ["kill database", killDatabase],
            ["kill database", killDatabase],
          ] as const)
        : []),
    ].map(([name, fault]) => [name, fault] as [string, Fault]);
    return all
      .map((fault) => ({ fault, place: this.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ fault }) => fault);
  }
}

async function killKernel({ site }: Nemesis): Promise<void> {
  await site.kernels[0]?.kill();
  await site.kernels[0]?.restart();
}

async function killPlugin({ site }: Nemesis): Promise<void> {
  const [kernel] = site.kernels;
  if (!kernel) return;
  await until(async () => (await site.pluginPids(kernel)).length > 0, 30_000);
  for (const pid of await site.pluginPids(kernel)) process.kill(pid, "SIGKILL");
}

async function killBus({ site, random }: Nemesis): Promise<void> {
  await site.nats.kill();
  await sleep(random() * 800);
  await site.nats.restart();
}

/** Everything that was ever sent comes again: what the bus kept is gone. */
async function wipeBus({ site }: Nemesis): Promise<void> {
  await site.nats.kill();
  await site.nats.wipe();
  await site.nats.restart();
}

async function killDatabase({ site, random }: Nemesis): Promise<void> {
  await site.maria?.kill();
  await sleep(random() * 500);
  await site.maria?.restart();
}

/** The first kernel stands still until its leases are another's, and then goes on as if nothing had been. */
async function pauseBeside({ site, history }: Nemesis): Promise<void> {
  const pid = site.kernels[0]?.kernelPid ?? 0;
  await site.startSecond();
  process.kill(pid, "SIGSTOP");
  try {
    await sleep(PAUSE_MS);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  history.fault("paused kernel goes on");
  await sleep(2_000);
  await site.dropSecond();
}

/** Commands that were answered long ago come again under their keys, three at a time: same answer, no effect. */
async function storm({ site, workload, differences }: Nemesis): Promise<void> {
  await until(() => workload.answered.length >= ENOUGH, 60_000);
  const again = [...workload.answered, ...workload.answered, ...workload.answered];
  await Promise.all(
    again.map(async ({ client, name, input, key, answer }, index) => {
      const url = site.urls[index % site.urls.length] ?? "";
      try {
        const second = await client.ask(url, name, input as never, key);
        if (!isDeepStrictEqual(namesOf(second), namesOf(answer)))
          differences.push(
            `${name} ${JSON.stringify(input)}: ${JSON.stringify(answer)}, then ${JSON.stringify(second)}`,
          );
      } catch (error) {
        // a refusal that says "later" is none
        if (isJinshuiError(error) && error.status < 500 && !["in-progress", "too-many-requests"].includes(error.code))
          differences.push(`${name} ${JSON.stringify(input)}: ${error.code}`);
      }
    }),
  );
}

interface Answer {
  id?: string;
  number?: string;
  task?: { id: string; version: number; action?: string };
  instance?: string | { id: string };
}

/** What an answer is about; how that stands may have changed since. */
function namesOf(answer: unknown): unknown[] {
  const { id, number, task, instance } = answer as Answer;
  return [id, number, task?.id, task?.version, task?.action, typeof instance === "string" ? instance : instance?.id];
}
