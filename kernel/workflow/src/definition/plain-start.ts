import type { ProcessModel } from "@jinshui/engine";

/** The start event by which a person or another process begins one: not a message, a signal or a time. */
export function plainStart({ starts, elements }: ProcessModel): string | undefined {
  return starts[""]?.find((id) => (elements[id]?.events ?? []).length === 0);
}
