import type { EngineEvent } from "@jinshui/engine";

/** Variables of an instance around one of its commands, from its stored facts. */
export interface VariablesAround {
  /** Before the command. */
  before: Record<string, unknown>;
  /** What the command wrote, in order, wherever it did. */
  written: Record<string, unknown[]>;
  /** After the last command. */
  now: Record<string, unknown>;
}

/** Goes through the facts of an instance, by the number of the command that caused them. */
export function variablesAround(lines: { seq: number; events: EngineEvent[] }[], seq: number): VariablesAround {
  const variables = new Map<string, unknown>();
  const written = new Map<string, unknown[]>();
  let before: Record<string, unknown> | undefined;
  for (const line of lines) {
    if (line.seq >= seq) before ??= Object.fromEntries(variables);
    for (const event of line.events) {
      if (event.type === "variables-removed" && event.token === undefined)
        for (const name of event.names) variables.delete(name);
      if (event.type !== "instance-started" && event.type !== "variables-set") continue;
      for (const [name, value] of Object.entries(event.variables)) {
        if (!("token" in event) || event.token === undefined) variables.set(name, value);
        if (line.seq === seq) written.set(name, [...(written.get(name) ?? []), value]);
      }
    }
  }
  const now = Object.fromEntries(variables);
  return { before: before ?? now, written: Object.fromEntries(written), now };
}
