import { check } from "./asserts.mjs";
import { COMPARE, evaluate, isFault, Mismatch, Unsupported } from "./values.mjs";

class Scope {
  #names = new Map();

  constructor(host, parent) {
    this.host = host;
    this.parent = parent;
  }

  get(name) {
    for (let at = this; at; at = at.parent) if (at.#names.has(name)) return at.#names.get(name);
    throw new Unsupported(`unbound name ${name}`);
  }

  bind(name, value) {
    this.#names.set(name, value ?? null);
  }

  assign(name, value) {
    for (let at = this; at; at = at.parent) {
      if (!at.#names.has(name)) continue;
      at.bind(name, value);
      return;
    }
    this.bind(name, value);
  }
}

const STEPS = {
  let: (step, scope) => scope.bind(step.let, evaluate(step.be, scope)),
  set: (step, scope) => scope.assign(step.set, evaluate(step.be, scope)),
  do: (step, scope) => evaluate(step.do, scope),
  assertThat: (step, scope) => {
    const chain = step.is.map(([name, ...args]) => [name, ...args.map((arg) => evaluate(arg, scope))]);
    check(evaluate(step.assertThat, scope), chain);
  },
  assertEnded: (step, scope) => {
    if (scope.host.isRunning(evaluate(step.assertEnded, scope))) throw new Mismatch("the instance still runs");
  },
  assertNotEnded: (step, scope) => {
    if (!scope.host.isRunning(evaluate(step.assertNotEnded, scope))) throw new Mismatch("the instance has ended");
  },
  setClock: (step, scope) => scope.host.setClock(evaluate(step.setClock, scope)),
  resetClock: (step, scope) => scope.host.setClock(null),
  runDueJobs: (step, scope) => scope.host.jobs.runDue(),
  runAllJobs: (step, scope) => scope.host.jobs.runAll(),
  deploy: (step, scope) => scope.host.deploy(step.deploy),
  expectError: async (step, scope) => {
    try {
      await run(step.steps, new Scope(scope.host, scope));
    } catch (error) {
      if (isFault(error)) throw error;
      return;
    }
    throw new Mismatch(`no ${step.expectError} was thrown`);
  },
  forEach: async (step, scope) => {
    const items = evaluate(step.in, scope);
    for (const item of Array.isArray(items) ? items : Object.values(items)) {
      const inner = new Scope(scope.host, scope);
      inner.bind(step.forEach, item);
      await run(step.steps, inner);
    }
  },
  for: async (step, scope) => {
    const inner = new Scope(scope.host, scope);
    const down = step.while === ">" || step.while === ">=";
    inner.bind(step.for, evaluate(step.from, scope));
    while (COMPARE[step.while](inner.get(step.for), evaluate(step.to, inner))) {
      await run(step.steps, new Scope(scope.host, inner));
      inner.bind(step.for, inner.get(step.for) + (down ? -1 : 1));
    }
  },
  if: (step, scope) => run((evaluate(step.if, scope) ? step.then : step.else) ?? [], new Scope(scope.host, scope)),
  with: async (step, scope) => {
    const inner = new Scope(scope.host, scope);
    for (const [name, value] of Object.entries(step.with)) inner.bind(name, evaluate(value, scope));
    await run(step.steps, inner);
  },
};

const KINDS = Object.keys(STEPS);

/** Runs steps in order; the first that fails throws. */
async function run(steps, scope) {
  for (const step of steps) {
    scope.host.tick();
    const kind = KINDS.find((name) => name in step);
    if (kind === undefined) throw new Unsupported(`step ${Object.keys(step).join(",")}`);
    try {
      await STEPS[kind](step, scope);
    } catch (error) {
      error.step ??= JSON.stringify(step).slice(0, 300);
      throw error;
    }
  }
}

/** Runs the steps of a case on a host. */
export async function interpret(steps, host) {
  await run(steps, new Scope(host, undefined));
}
