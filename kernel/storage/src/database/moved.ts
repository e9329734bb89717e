/** Where `@jinshui/testing` says, in a kernel that it has started, how far a test has moved the clock; ms. Nobody else sets it. */
const MOVED_MS = Symbol.for("jinshui.moved-ms");

/** The database's time as a test wants it: deadlines of days pass in a moment. */
export function moved(time: Date): Date {
  const ms = (globalThis as { [MOVED_MS]?: number })[MOVED_MS] ?? 0;
  return ms === 0 ? time : new Date(time.getTime() + ms);
}
