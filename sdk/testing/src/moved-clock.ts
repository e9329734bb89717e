/** Loaded into a kernel before its own code: its wall clock and the database's go on from where a test has moved them. */
const MOVED_MS = Symbol.for("jinshui.moved-ms");
const kernel = globalThis as typeof globalThis & { [MOVED_MS]?: number };
const real = Date;

const now = (): number => real.now() + (kernel[MOVED_MS] ?? 0);

// a proxy, so that dates which the runtime itself makes are dates for `instanceof` too
globalThis.Date = new Proxy(real, {
  construct: (target, args: unknown[], newTarget: new () => Date) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  apply: () => new real(now()).toString(),
  get: (target, key, receiver) => (key === "now" ? now : (Reflect.get(target, key, receiver) as unknown)),
});

process.on("message", (message: { movedMs?: number }) => {
  if (message.movedMs === undefined) return;
  kernel[MOVED_MS] = message.movedMs;
  process.send?.({ movedMs: message.movedMs });
});
process.channel?.unref();
