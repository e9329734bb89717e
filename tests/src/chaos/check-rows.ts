import type { Row } from "@jinshui/storage";
import type { Snapshot } from "./snapshot.js";

type Body = { data?: Record<string, unknown> };

/** I6: state, event and audit entry are there all three, or none. */
export function joinedFaults(snapshot: Snapshot): string[] {
  const { instances, tasks, jobs, audits, outbox } = snapshot;
  const audited = Map.groupBy(audits, (row) => `${String(row["action"])} ${String(row["resource"])}`);
  const told = Map.groupBy(outbox, (row) => {
    const { data = {} } = row["body"] as Body;
    const name = String(row["subject"]).split(".").at(-1) ?? "";
    return `${name} ${String(data["task"] ?? data["instance"])}`;
  });
  const faults: string[] = [];
  const once = (rows: Map<string, Row[]>, key: string, what: string): void => {
    const count = rows.get(key)?.length ?? 0;
    if (count !== 1) faults.push(`I6: ${count} ${what} of "${key}", not one`);
  };
  for (const { id, status } of instances) {
    once(audited, `start instance/${String(id)}`, "audit entries");
    if (status === "completed") once(told, `instance-completed ${String(id)}`, "events");
    if (status === "cancelled") once(told, `instance-cancelled ${String(id)}`, "events");
  }
  for (const { id, state, action } of tasks) {
    // one whose turn never came was announced to nobody
    if (state !== "planned" && state !== "cancelled") once(told, `task-created ${String(id)}`, "events");
    if (state !== "completed") continue;
    once(audited, `task-${String(action)} task/${String(id)}`, "audit entries");
    once(told, `task-completed ${String(id)}`, "events");
  }
  for (const { id, state } of jobs)
    if (state === "done") once(audited, `complete-job job/${String(id)}`, "audit entries");
  return [...faults, ...orphans(snapshot)];
}

/** Rows that hang on something that is not there. */
function orphans({ instances, facts, tasks, candidates, jobs, timers, history, audits, outbox }: Snapshot): string[] {
  const ids = (rows: readonly Row[]): Set<string> => new Set(rows.map((row) => String(row["id"])));
  const known: Record<string, Set<string>> = { instance: ids(instances), task: ids(tasks), job: ids(jobs) };
  const hanging = (name: string, rows: readonly Row[], column: "instance" | "task"): string[] =>
    rows
      .filter((row) => !known[column]?.has(String(row[column])))
      .map((row) => `I6: a row of ${name} hangs on ${column} ${String(row[column])}, which is not there`);
  return [
    ...hanging("facts", facts, "instance"),
    ...hanging("tasks", tasks, "instance"),
    ...hanging("candidates", candidates, "task"),
    ...hanging("jobs", jobs, "instance"),
    ...hanging("timers", timers, "instance"),
    ...hanging("history", history, "instance"),
    ...audits.flatMap((row) => {
      const [kind = "", id = ""] = String(row["resource"]).split("/");
      const rows = known[kind];
      return rows && row["result"] !== "refused" && row["result"] !== "failed" && !rows.has(id)
        ? [`I6: an audit entry "${String(row["action"])}" of ${kind} ${id}, which is not there`]
        : [];
    }),
    ...outbox.flatMap((row) => {
      const { data = {} } = row["body"] as Body;
      const isOurs = String(row["subject"]).includes(".workflow.") && typeof data["instance"] === "string";
      return isOurs && !known["instance"]?.has(String(data["instance"]))
        ? [`I6: an event of matter ${String(data["instance"])}, which is not there`]
        : [];
    }),
  ];
}

/** I7: what is told of one thing is numbered without gap, in the order of its telling. */
export function numberFaults({ outbox }: Snapshot): string[] {
  const told = Map.groupBy(
    outbox.filter(({ aggregate }) => typeof aggregate === "string"),
    (row) => String(row["aggregate"]),
  );
  return [...told]
    .filter(([, rows]) => rows.some((row, index) => Number(row["agg_seq"]) !== index + 1))
    .map(([aggregate]) => `I7: events of ${aggregate} are not numbered in their order`);
}

/** I8: whoever takes a lease from somebody has a higher fence, and none falls. */
export function fenceFaults({ leases }: Snapshot): string[] {
  return [...Map.groupBy(leases, ({ name }) => name)].flatMap(([name, seen]) =>
    seen.slice(1).flatMap((lease, index) => {
      const before = seen[index];
      const rises =
        before && (lease.fence > before.fence || (lease.fence === before.fence && lease.owner === before.owner));
      return rises
        ? []
        : [`I8: lease ${name} passed to ${lease.owner} with fence ${lease.fence} after ${before?.fence ?? 0}`];
    }),
  );
}
