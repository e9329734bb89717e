import test from "ava";
import fc from "fast-check";
import { INITIAL, type ProcessAction, type ProcessEvent, type ProcessState, reduce } from "./reducer.js";

const play = (events: ProcessEvent[], from = INITIAL, now = 0): { state: ProcessState; actions: ProcessAction[] } => {
  let state = from;
  const actions: ProcessAction[] = [];
  for (const event of events) {
    const step = reduce(state, event, now);
    state = step.state;
    actions.push(...step.actions);
  }
  return { state, actions };
};

test("a wanted plugin is started, and drained when no bureau wants it any more", (t) => {
  const { state, actions } = play([
    { type: "wanted", wanted: true },
    { type: "ready" },
    { type: "wanted", wanted: false },
    { type: "exited" },
  ]);
  t.is(state.phase, "stopped");
  t.deepEqual(actions, [{ type: "spawn" }, { type: "drain" }]);
});

test("failures are retried after 1 and 2 seconds, and the third within ten minutes is quarantine until somebody restarts it", (t) => {
  const fail: ProcessEvent[] = [{ type: "exited" }, { type: "back-off-over" }];
  const { state, actions } = play([{ type: "wanted", wanted: true }, ...fail, ...fail, { type: "exited" }]);
  t.is(state.phase, "quarantined");
  t.deepEqual(
    actions.filter((action) => action.type === "back-off"),
    [
      { type: "back-off", ms: 1_000 },
      { type: "back-off", ms: 2_000 },
    ],
  );
  t.is(play([{ type: "back-off-over" }, { type: "wanted", wanted: true }], state).state.phase, "quarantined");
  const apart = play([{ type: "exited" }], { ...state, phase: "running" }, 11 * 60_000);
  t.is(apart.state.phase, "waiting");
});

test("whatever happens in whatever order, there is never a second process, and none is left when nobody wants it", (t) => {
  const event = fc.oneof(
    fc.boolean().map((wanted): ProcessEvent => ({ type: "wanted", wanted })),
    fc.constantFrom<ProcessEvent>(
      { type: "ready" },
      { type: "exited" },
      { type: "start-timeout" },
      { type: "unresponsive" },
      { type: "back-off-over" },
    ),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let state = INITIAL;
      let alive = false;
      events.forEach((next, index) => {
        if (next.type === "exited" && !alive) return; // only a process that lives can exit
        if (next.type === "exited") alive = false;
        const step = reduce(state, next, index);
        state = step.state;
        for (const action of step.actions) {
          if (action.type === "spawn") {
            t.false(alive, "spawned beside a living process");
            alive = true;
          }
          if (action.type === "drain" || action.type === "kill") t.true(alive);
        }
        t.is(alive, ["starting", "running", "draining"].includes(state.phase));
      });
      const end = play([{ type: "wanted", wanted: false }, ...(alive ? [{ type: "exited" } as const] : [])], state);
      t.is(end.state.phase, "stopped");
    }),
    { numRuns: 2_000 },
  );
});
