import type { Screen } from "#logic/layout.js";

const NARROW = matchMedia("(max-width: 1000px)");
const LARGE = matchMedia("(min-width: 1800px)");

/** The kind of screen that the window is now. */
export function screenNow(): Screen {
  return NARROW.matches ? "narrow" : LARGE.matches ? "large" : "desk";
}

/** Calls back when the window becomes another kind of screen; returns how to stop that. */
export function onScreenChange(changed: () => void): () => void {
  for (const query of [NARROW, LARGE]) query.addEventListener("change", changed);
  return () => {
    for (const query of [NARROW, LARGE]) query.removeEventListener("change", changed);
  };
}
