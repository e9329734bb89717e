import type { KnownCollection } from "./known-collection.js";
import type { Shape } from "./page-address.js";

/** Shapes that a collection offers to this person: none is about a field that is hidden or masked. */
export function shapesOf({ definition: { display }, fields }: KnownCollection): Shape[] {
  const seen = (name: string): boolean => !fields.hidden.includes(name) && !fields.masked.includes(name);
  return [
    "list",
    ...(display.board && seen(display.board.by) ? ["board" as const] : []),
    ...(display.calendar?.some(({ from }) => seen(from)) ? ["calendar" as const] : []),
    ...(display.charts?.some(({ by }) => seen(by)) ? ["charts" as const] : []),
  ];
}

/** Brings the code of a shape; that of the list is there. */
export async function loadShape(shape: Shape): Promise<void> {
  if (shape === "board") await import("./record-board.js");
  if (shape === "calendar") await import("./record-calendar.js");
  if (shape === "charts") await import("./record-charts.js");
}
