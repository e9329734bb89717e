/** Where a plugin's process is in its life. */
export type Phase = "stopped" | "starting" | "running" | "draining" | "waiting" | "quarantined";

export interface ProcessState {
  phase: Phase;
  /** Whether any bureau wants it. */
  wanted: boolean;
  /** Times of recent failures, ms. */
  failures: number[];
  restarts: number;
}

export type ProcessEvent =
  | { type: "wanted"; wanted: boolean }
  | { type: "ready" }
  | { type: "exited" }
  /** It ended, and not by its own fault. */
  | { type: "displaced" }
  | { type: "start-timeout" }
  | { type: "unresponsive" }
  | { type: "back-off-over" };

export type ProcessAction = { type: "spawn" } | { type: "drain" } | { type: "kill" } | { type: "back-off"; ms: number };

export interface Step {
  state: ProcessState;
  actions: ProcessAction[];
}

/** So many failures within the window mean quarantine. */
const MAX_FAILURES = 3;
const FAILURE_WINDOW_MS = 10 * 60_000;

export const INITIAL: ProcessState = { phase: "stopped", wanted: false, failures: [], restarts: 0 };

/** What follows from an event: pure, and total over every phase. A runner never has more than one process. */
export function reduce(state: ProcessState, event: ProcessEvent, now: number): Step {
  const stay = (change: Partial<ProcessState> = {}, ...actions: ProcessAction[]): Step => ({
    state: { ...state, ...change },
    actions,
  });
  const { phase } = state;
  switch (event.type) {
    case "wanted":
      if (event.wanted && phase === "stopped") return stay({ wanted: true, phase: "starting" }, { type: "spawn" });
      if (!event.wanted && (phase === "starting" || phase === "running"))
        return stay({ wanted: false, phase: "draining" }, { type: "drain" });
      if (!event.wanted && (phase === "waiting" || phase === "quarantined"))
        return stay({ wanted: false, phase: "stopped", failures: [] });
      return stay({ wanted: event.wanted });
    case "ready":
      return phase === "starting" ? stay({ phase: "running" }) : stay();
    case "start-timeout":
      return phase === "starting" ? stay({}, { type: "kill" }) : stay();
    case "unresponsive":
      return phase === "running" ? stay({}, { type: "kill" }) : stay();
    case "displaced":
      if (phase === "starting" || phase === "running") return stay({ phase: "starting" }, { type: "spawn" });
      return phase === "draining" ? reduce(state, { type: "exited" }, now) : stay();
    case "exited":
      if (phase === "draining")
        return state.wanted ? stay({ phase: "starting" }, { type: "spawn" }) : stay({ phase: "stopped" });
      return phase === "starting" || phase === "running" ? failed(state, now) : stay();
    case "back-off-over":
      return phase === "waiting"
        ? stay({ phase: "starting", restarts: state.restarts + 1 }, { type: "spawn" })
        : stay();
  }
}

function failed(state: ProcessState, now: number): Step {
  const failures = [...state.failures.filter((at) => at > now - FAILURE_WINDOW_MS), now];
  if (failures.length >= MAX_FAILURES) return { state: { ...state, failures, phase: "quarantined" }, actions: [] };
  return {
    state: { ...state, failures, phase: "waiting" },
    actions: [{ type: "back-off", ms: 1_000 * 2 ** (failures.length - 1) }],
  };
}
