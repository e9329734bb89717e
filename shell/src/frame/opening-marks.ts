/** Marks live this long after a part was drawn, since many ask for data first and loop over that. */
const WATCHED_MS = 3_000;
/** A mark this old is of a page that hung or was closed before its part was done; a younger one may be of another tab. */
const STALE_MS = 10_000;
const PREFIX = "jinshui.opening.";

/** A part of a plugin that has stopped the page it was opened in before. */
export class HeldBackError extends Error {}

/** Takes back the marks of parts of this page that were drawn. */
let clearDrawn: (() => void)[] = [];

/**
 * Notes in the browser that a part of a plugin is being opened, and takes the note back a while after it was drawn, or when another
 * part is opened. Nothing can stop code that loops for ever in a page; but whoever closes such a page finds the note when the part
 * would be opened again.
 * @throws HeldBackError when it was not done the last time.
 */
export function markOpening(part: string): { drawn: () => void } {
  const key = PREFIX + part;
  const before = Number(localStorage.getItem(key) ?? Number.NaN);
  if (Date.now() - before > STALE_MS) throw new HeldBackError(`${part} has stopped a page before`);
  for (const clear of clearDrawn) clear();
  clearDrawn = [];
  localStorage.setItem(key, `${Date.now()}`);
  const clear = (): void => {
    window.removeEventListener("pagehide", clear);
    localStorage.removeItem(key);
  };
  // who leaves the page in time has seen that it works
  window.addEventListener("pagehide", clear);
  return {
    drawn: () => {
      clearDrawn.push(clear);
      setTimeout(clear, WATCHED_MS);
    },
  };
}

/** Lets a part be opened again that was held back. */
export function letOpen(part: string): void {
  localStorage.removeItem(PREFIX + part);
}
