import { check, Mismatch, show } from "./asserts.mjs";
import { entries, method, operate, property, STATICS, Unsupported } from "./values.mjs";

/** Runs the steps of one case against services. */
export class Interpreter {
  #names = [new Map()];
  #steps = 0;

  /** @param {{services: Record<string, object>, world: object, limit?: number, until?: number}} options */
  constructor(options) {
    this.options = options;
    this.world = options.world;
  }

  async run(steps) {
    for (const step of steps) {
      this.#steps += 1;
      if (this.#steps > (this.options.limit ?? 20_000)) throw new Error("Too many steps");
      if (Date.now() > (this.options.until ?? Infinity)) throw new Error("Too long");
      await this.#step(step);
    }
  }

  async #step(step) {
    if ("let" in step) this.#names.at(-1).set(step.let, await this.#value(step.be ?? null));
    else if ("set" in step) this.#assign(step.set, await this.#value(step.be ?? null));
    else if ("do" in step) await this.#value(step.do);
    else if ("assertThat" in step) await this.#assert(step);
    else if ("assertEnded" in step) this.#ended(await this.#value(step.assertEnded), true);
    else if ("assertNotEnded" in step) this.#ended(await this.#value(step.assertNotEnded), false);
    else if ("setClock" in step) this.world.setClock(await this.#value(step.setClock));
    else if ("resetClock" in step) this.world.setClock(Date.now());
    else if ("runDueJobs" in step) this.world.jobs.runDue();
    else if ("runAllJobs" in step) this.world.jobs.runAll();
    else if ("deploy" in step) await this.world.deploy([step.deploy].flat());
    else if ("expectError" in step) await this.#expectError(step);
    else if ("forEach" in step) await this.#forEach(step);
    else if ("for" in step) await this.#for(step);
    else if ("if" in step)
      await this.run((await this.#value(step.if)) === true ? (step.then ?? []) : (step.else ?? []));
    else if ("with" in step) await this.#with(step);
    else if ("while" in step) while ((await this.#value(step.while)) === true) await this.run(step.steps);
    else throw new Unsupported(`step ${Object.keys(step).join()}`);
  }

  async #assert({ assertThat, is = [] }) {
    const subject = await this.#value(assertThat);
    const chain = [];
    for (const [name, ...args] of is) chain.push([name, ...(await this.#all(args))]);
    try {
      check(subject, chain);
    } catch (error) {
      if (error instanceof Mismatch) error.message = `${source(assertThat)}: ${error.message}`;
      throw error;
    }
  }

  #ended(subject, ended) {
    const id = subject?.processInstanceId ?? subject?.id ?? subject;
    if (this.world.isEnded(id) !== ended) throw new Mismatch(`Instance ${show(id)} has ${ended ? "not " : ""}ended`);
  }

  async #expectError({ expectError, steps }) {
    try {
      await this.run(steps);
    } catch (error) {
      if (error instanceof Unsupported || error instanceof Mismatch) throw error;
      return;
    }
    throw new Mismatch(`${expectError} expected, nothing was thrown`);
  }

  async #forEach(step) {
    const found = await this.#value(step.in);
    const list = found instanceof Map ? entries(found).map(([key, value]) => ({ key, value })) : [...found];
    for (const item of list) await this.#inside([[step.forEach, item]], step.steps);
  }

  async #for(step) {
    const down = step.while.startsWith(">");
    for (let value = await this.#value(step.from); ; value += down ? -1 : 1) {
      if (!operate(step.while, [value, await this.#value(step.to)])) return;
      await this.#inside([[step.for, value]], step.steps);
    }
  }

  async #with(step) {
    const bound = [];
    for (const [name, value] of Object.entries(step.with)) bound.push([name, await this.#value(value)]);
    await this.#inside(bound, step.steps);
  }

  #inside(bound, steps) {
    return this.#scoped(bound, () => this.run(steps));
  }

  async #scoped(bound, work) {
    this.#names.push(new Map(bound));
    try {
      return await work();
    } finally {
      this.#names.pop();
    }
  }

  #assign(name, value) {
    const layer = this.#names.findLast((found) => found.has(name)) ?? this.#names.at(-1);
    layer.set(name, value);
  }

  async #all(values) {
    const found = [];
    for (const value of values ?? []) found.push(await this.#value(value));
    return found;
  }

  async #value(expression) {
    if (expression === null || typeof expression !== "object") return expression;
    if (Array.isArray(expression)) return this.#all(expression);
    if ("$" in expression) return this.#named(expression.$);
    if ("now" in expression) return this.world.date();
    if ("date" in expression) return new Date(await this.#value(expression.date));
    if ("map" in expression) return this.#map(expression.map);
    if ("list" in expression) return this.#all(expression.list);
    if ("copy" in expression) return copy(await this.#value(expression.copy));
    if ("enum" in expression) return this.world.constant(expression.enum);
    if ("class" in expression) return { simpleName: expression.class };
    if ("prop" in expression) return expression.prop;
    if ("op" in expression) return this.#operator(expression);
    if ("get" in expression) return property(expression.get, await this.#value(expression.of));
    if ("m" in expression) {
      const on = await this.#value(expression.on);
      return method(expression.m, on, await this.#all(expression.args));
    }
    if ("call" in expression) return this.#call(expression.call, await this.#all(expression.args));
    throw new Unsupported(`value ${Object.keys(expression).join()}`);
  }

  #named(name) {
    const layer = this.#names.findLast((found) => found.has(name));
    if (!layer) throw new Unsupported(`name ${name}`);
    return layer.get(name);
  }

  async #map(given) {
    const map = new Map();
    const pairs = Array.isArray(given) ? given : Object.entries(given);
    for (const [key, value] of pairs) map.set(await this.#value(key), await this.#value(value));
    return map;
  }

  async #operator({ op, a }) {
    if (op === "&&") return (await this.#value(a[0])) === true && (await this.#value(a[1])) === true;
    if (op === "||") return (await this.#value(a[0])) === true || (await this.#value(a[1])) === true;
    if (op === "?:" || op === "?") return this.#value((await this.#value(a[0])) === true ? a[1] : a[2]);
    return operate(op, await this.#all(a));
  }

  #call(name, args) {
    if (Object.hasOwn(STATICS, name)) return STATICS[name](...args);
    const [service, call] = name.split(".");
    const found = this.options.services[service];
    if (!found || typeof found[call] !== "function") throw new Unsupported(name);
    return found[call](...args);
  }
}

function copy(value) {
  if (value instanceof Map) return new Map(value);
  return value && typeof value === "object" ? [...value] : value;
}

/** Short text of an expression for a reason. */
function source(expression) {
  if (expression === null || typeof expression !== "object") return show(expression);
  if ("$" in expression) return expression.$;
  if ("get" in expression) return `${source(expression.of)}.${expression.get}`;
  if ("m" in expression)
    return `${source(expression.on)}.${expression.m}(${(expression.args ?? []).map(source).join()})`;
  if ("call" in expression)
    return `${expression.call.replace(/^.*\./, "")}(${(expression.args ?? []).map(source).join()})`;
  if ("op" in expression) return expression.a.map(source).join(` ${expression.op} `);
  return show(expression);
}
