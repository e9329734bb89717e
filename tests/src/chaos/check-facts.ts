import { apply, type EngineEvent, type InstanceState } from "@jinshui/engine";
import type { Row } from "@jinshui/storage";
import { matterFault } from "@jinshui/workflow/testing";
import { isDeepStrictEqual } from "node:util";
import type { Snapshot } from "./snapshot.js";

/** I4: the facts of each matter give its state, no token is lost, and no join goes on with less than one token of each flow. */
export function factFaults(snapshot: Snapshot): string[] {
  const { instances, facts, tasks, candidates, models } = snapshot;
  const factsOf = Map.groupBy(facts, (row) => String(row["instance"]));
  const tasksOf = Map.groupBy(tasks, (row) => String(row["instance"]));
  const seen = new Set(candidates.filter(({ visible }) => visible === true).map(({ task }) => task));
  return instances.flatMap((row) => {
    const id = String(row["id"]);
    const state = row["state"] as InstanceState;
    const lines = factsOf.get(id) ?? [];
    const events = lines.flatMap((line) => line["events"] as EngineEvent[]);
    const wanted = Array.from({ length: Number(row["version"]) }, (_, index) => index + 1);
    const fault = matterFault({ state, tasks: tasksOf.get(id) ?? [], seen });
    return [
      ...(isDeepStrictEqual(
        lines.map(({ seq }) => Number(seq)),
        wanted,
      )
        ? []
        : [`I7: the facts of matter ${id} are not numbered 1 to ${wanted.length}`]),
      ...(isDeepStrictEqual(replayed(events), state) ? [] : [`I4: the facts of matter ${id} do not give its state`]),
      ...(fault === undefined ? [] : [`I4: matter ${id}: ${fault}`]),
      ...joinFaults(id, events, models[String(row["definition"])] ?? {}),
    ];
  });
}

function replayed(events: readonly EngineEvent[]): InstanceState | undefined {
  try {
    const state = events.reduce<InstanceState | undefined>((before, event) => apply(before, event), undefined);
    // as the database gives it back
    return state && (JSON.parse(JSON.stringify(state)) as InstanceState);
  } catch {
    return undefined;
  }
}

/** A parallel join goes on once for each full set of tokens, one by each flow. */
function joinFaults(matter: string, events: readonly EngineEvent[], model: Snapshot["models"][string]): string[] {
  const arrived = new Map<string, Map<string, number>>();
  const left = new Map<string, number>();
  for (const event of events) {
    if (event.type === "element-left" && event.cancelled !== true)
      left.set(event.element, (left.get(event.element) ?? 0) + 1);
    if ((event.type !== "token-created" && event.type !== "token-moved") || event.flow === undefined) continue;
    const flows = arrived.get(event.element) ?? new Map<string, number>();
    arrived.set(event.element, flows.set(event.flow, (flows.get(event.flow) ?? 0) + 1));
  }
  return Object.values(model)
    .filter(({ type, incoming }) => type === "parallelGateway" && incoming.length > 1)
    .filter(({ id, incoming }) => {
      const full = Math.min(...incoming.map((flow) => arrived.get(id)?.get(flow) ?? 0));
      return (left.get(id) ?? 0) > full;
    })
    .map(({ id }) => `I4: join ${id} of matter ${matter} fired more often than its tokens allow`);
}

/** What people are shown is what is there, and nobody outside is shown anything. */
export function shownFaults({ instances, shown, leaks }: Snapshot): string[] {
  const status = new Map(instances.map((row: Row) => [String(row["id"]), String(row["status"])]));
  return [
    ...Object.entries(shown)
      .filter(([id, state]) => status.get(id) !== state)
      .map(([id, state]) => `I1: matter ${id} is shown as ${state}, and is ${status.get(id) ?? "not there"}`),
    ...leaks.map((leak) => `I12: another bureau was shown ${leak}`),
  ];
}
