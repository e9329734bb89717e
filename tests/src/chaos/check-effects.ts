import type { Row } from "@jinshui/storage";
import type { Snapshot } from "./snapshot.js";

const HEARD = ".workflow.task-completed";

/** I3 and I5: each job has its one effect, each timer fires once, and each event is heard once. */
export function effectFaults(snapshot: Snapshot, bureau: string): string[] {
  const { jobs, effects, outbox, heard, deadLetters } = snapshot;
  const faults: string[] = [];
  const done = Map.groupBy(effects, (row) => String(row["job"]));
  for (const job of jobs) {
    const count = done.get(String(job["id"]))?.length ?? 0;
    const state = String(job["state"]);
    if (count > 1) faults.push(`I3: job ${String(job["id"])} has ${count} effects`);
    if (state === "done" && count === 0) faults.push(`I3: job ${String(job["id"])} is done without effect`);
    if (state === "open" || state === "failed") faults.push(`I3: job ${String(job["id"])} is left ${state}`);
  }
  const known = new Set(jobs.map((job) => String(job["id"])));
  for (const [job] of done) if (!known.has(job)) faults.push(`I2: an effect of job ${job}, which there is not`);

  const told = outbox.filter((row) => String(row["subject"]) === `jinshui.event.${bureau}${HEARD}`);
  const inbox = Map.groupBy(heard, (row) => String(row["event"]));
  for (const row of told) {
    const count = inbox.get(String(row["event_id"]))?.length ?? 0;
    if (count !== 1) faults.push(`I5: event ${String(row["event_id"])} was heard ${count} times`);
  }
  const sent = new Set(told.map((row) => String(row["event_id"])));
  for (const [event] of inbox) if (!sent.has(event)) faults.push(`I2: event ${event} was heard, and nobody sent it`);
  if (deadLetters.length > 0) faults.push(`I5: ${deadLetters.length} messages were put aside`);
  return [...faults, ...timerFaults(snapshot)];
}

function timerFaults({ facts, history, timers }: Snapshot): string[] {
  const planned = Map.groupBy(
    facts.flatMap((row) =>
      (row["events"] as { type: string; wait?: { kind: string } }[])
        .filter(({ type, wait }) => type === "wait-added" && wait?.kind === "timer")
        .map(() => String(row["instance"])),
    ),
    (instance) => instance,
  );
  const fired = Map.groupBy(
    history.filter((row) => (row["entry"] as { type: string }).type === "timer-fired"),
    (row: Row) => String(row["instance"]),
  );
  return [
    ...[...fired]
      .filter(([instance, entries]) => entries.length > (planned.get(instance)?.length ?? 0))
      .map(([instance]) => `I3: a timer of matter ${instance} fired twice`),
    ...timers.map((row) => `I3: timer ${String(row["id"])} never fired`),
  ];
}
