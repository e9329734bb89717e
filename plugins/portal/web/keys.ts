import type { Step } from "#logic/layout.js";

/** What a key asks for in edit mode. */
export type Intent = { kind: "pick" | "put" | "remove" | "undo" } | { kind: "move" | "resize"; step: Step };

const STEPS: Record<string, Step | undefined> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What a key on a card's handle asks for; arrows only while a card is picked up. */
export function intentOf({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent, isPicked: boolean): Intent | undefined {
  if (ctrlKey || metaKey) return key === "z" ? { kind: "undo" } : undefined;
  if (key === "Enter" || key === " ") return { kind: "pick" };
  if (key === "Delete") return { kind: "remove" };
  if (!isPicked) return undefined;
  if (key === "Escape") return { kind: "put" };
  const step = STEPS[key];
  return step && { kind: shiftKey ? "resize" : "move", step };
}
