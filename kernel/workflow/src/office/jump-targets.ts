import type { JumpTarget } from "@jinshui/contracts";
import { type LoadedInstance, stepName } from "../runtime/instance.js";
import { moveTo } from "./move.js";

/** Where a matter can be put from each place at which it stands, and what would end and begin by that; nothing is changed. */
export function jumpTargets({ state, definition }: LoadedInstance): JumpTarget[] {
  if (state?.status !== "active") return [];
  const { model } = definition;
  const steps = Object.values(model.elements).filter(({ type }) => type === "userTask");
  const found = new Map<string, JumpTarget>();
  for (const token of Object.values(state.tokens)) {
    if (token.inner !== undefined) continue;
    for (const { id: to } of steps) {
      const key = `${token.element} ${to}`;
      // of several tokens at one element a jump takes the first
      const move = found.has(key) ? undefined : moveTo(model, state, token, to);
      if (!move) continue;
      const elements = new Set(move.cancelled.map((id) => state.tokens[id]?.element ?? ""));
      found.set(key, {
        from: token.element,
        fromStep: stepName(definition, token.element),
        to,
        toStep: stepName(definition, to),
        ends: [...elements].map((element) => stepName(definition, element)),
        skips: move.instructions.filter(({ type }) => type === "start-flow").length,
      });
    }
  }
  return [...found.values()];
}
