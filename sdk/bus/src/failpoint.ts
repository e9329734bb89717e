/** What a test may have happen at a named place. */
type Failure = { what: "kill" } | { what: "error" } | { what: "pause"; ms: number };

interface Planned {
  failure: Failure;
  /** Only the n-th time; every time when absent. */
  nth: number | undefined;
  seen: number;
}

/**
 * Reads `name:kill|pause:ms|error[:nth]`, several separated by commas.
 * @throws Error for anything else: a fault test whose fault never happens would pass.
 */
export function readFailures(text: string): Map<string, Planned> {
  const plan = new Map<string, Planned>();
  for (const part of text.split(",").filter((entry) => entry !== "")) {
    const match = /^([a-z-]+):(?:(kill)|(error)|pause:(\d+))(?::(\d+))?$/.exec(part);
    if (!match) throw new Error(`JINSHUI_FAIL: "${part}" is not name:kill|pause:ms|error[:nth]`);
    const [, name = "", kill, error, ms, nth] = match;
    const failure: Failure = kill ? { what: "kill" } : error ? { what: "error" } : { what: "pause", ms: Number(ms) };
    plan.set(name, { failure, nth: nth === undefined ? undefined : Number(nth), seen: 0 });
  }
  return plan;
}

const text = process.env["JINSHUI_FAIL"] ?? "";

/**
 * A place where a fault test may end, stop or fail this process: `JINSHUI_FAIL=after-commit:kill`. Does nothing unless the
 * process was started with that variable.
 */
export const failpoint: (name: string) => void = text === "" ? () => undefined : strike(readFailures(text));

function strike(plan: Map<string, Planned>): (name: string) => void {
  return (name) => {
    const planned = plan.get(name);
    if (!planned) return;
    planned.seen += 1;
    if (planned.nth !== undefined && planned.nth !== planned.seen) return;
    const { failure } = planned;
    if (failure.what === "kill") process.kill(process.pid, "SIGKILL");
    else if (failure.what === "error") throw new Error(`failpoint ${name}`);
    // the whole process stands still, as it does when the machine takes its processor away
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, failure.ms);
  };
}
