import type { Syntax } from "../syntax/tree.js";
import { FeelDate } from "../temporal/date.js";
import { FeelContext } from "../values/context.js";
import { add } from "../values/number.js";
import { FeelRange } from "../values/range.js";
import { isDecimal } from "../values/number.js";
import { isList, isNumber, typeOf, type FeelValue } from "../values/value.js";
import type { Compiler } from "./compile.js";
import { nameOf, type Env, type Node } from "./env.js";
import type { Run } from "./run.js";

/** What a variable runs over; null when it can't. */
type Source = (env: Env) => readonly FeelValue[] | null;

interface Iterator {
  readonly name: string;
  readonly source: Source;
}

/** Whole numbers or days from one to the other, downwards as well; null for anything else. */
function steps(start: FeelValue | undefined, end: FeelValue | undefined, run: Run): FeelValue[] | null {
  if (start instanceof FeelDate && end instanceof FeelDate) {
    return steps(start.epochDay, end.epochDay, run)?.map((day) => FeelDate.fromEpochDay(day as number)) ?? null;
  }
  if (start === undefined || end === undefined || !isNumber(start) || !isNumber(end)) return null;
  const [from, to] = [Number(start), Number(end)];
  if (isDecimal(start) && isDecimal(end) && !Number.isFinite(from - to)) return null;
  const direction = from <= to ? 1 : -1;
  const count = Math.floor(Math.abs(to - from)) + 1;
  run.list({ length: count });
  run.step(count);
  return Array.from({ length: count }, (_, index) => add(start, index * direction));
}

/** The values of a range that can be counted. */
function valuesOf(range: FeelRange, run: Run): FeelValue[] | null {
  const all = steps(range.start, range.end, run);
  if (!all) return null;
  return all.slice(range.startIncluded ? 0 : 1, range.endIncluded ? all.length : -1);
}

function compileSource(syntax: Syntax, compiler: Compiler): Source {
  const inner = syntax.kind === "IterationContext" ? syntax.children : [syntax];
  const nodes = inner.filter((child) => child.kind !== "..").map((child) => compiler.compile(child));
  const [first, second] = nodes;
  if (!first) return () => null;
  const { from, to } = syntax;
  if (second) {
    return (env) => {
      const [a, b] = [first(env), second(env)];
      return steps(a, b, env.run) ?? env.run.warn(`no steps from ${typeOf(a)} to ${typeOf(b)}`, from, to);
    };
  }
  return (env) => {
    const value = first(env);
    if (isList(value)) return value;
    if (value === null) return env.run.warn("null is no list", from, to);
    if (!(value instanceof FeelRange)) return [value];
    return valuesOf(value, env.run) ?? env.run.warn("the range has no steps", from, to);
  };
}

function iteratorsOf(syntax: Syntax, compiler: Compiler): Iterator[] {
  const list = syntax.children.find((child) => child.kind === "InExpressions")?.children ?? [];
  return list
    .filter((child) => child.kind === "InExpression")
    .map((child) => ({
      name: nameOf(child.children[0]?.text ?? "").text,
      source: compileSource(child.children.at(-1) ?? child, compiler),
    }));
}

/** Calls `visit` for each combination until it answers false; false itself when a source is no list. */
function combine(iterators: readonly Iterator[], env: Env, visit: (env: Env) => boolean, at = 0): boolean | null {
  const iterator = iterators[at];
  if (!iterator) return visit(env);
  const items = iterator.source(env);
  if (!items) return null;
  for (const item of items) {
    env.run.step();
    const going = combine(iterators, env.with(iterator.name, item), visit, at + 1);
    if (going !== true) return going;
  }
  return true;
}

const mentionsPartial = (syntax: Syntax): boolean =>
  syntax.kind === "VariableName" ? syntax.text === "partial" : syntax.children.some(mentionsPartial);

/** `for x in list return …`, with the results so far as `partial`. */
export function compileFor(syntax: Syntax, compiler: Compiler): Node {
  const iterators = iteratorsOf(syntax, compiler);
  const result = syntax.children.at(-1) ?? syntax;
  const body = compiler.compile(result);
  const needsPartial = syntax.children.some(mentionsPartial);
  return (env) => {
    const results: FeelValue[] = [];
    const done = combine(iterators, env, (inside) => {
      if (needsPartial) {
        env.run.step(results.length);
        inside = inside.with("partial", [...results]);
      }
      results.push(body(inside));
      env.run.list(results);
      return true;
    });
    return done === null ? null : results;
  };
}

/** `some` and `every`; null where an undecided item decides. */
export function compileQuantified(syntax: Syntax, compiler: Compiler): Node {
  const deciding = syntax.children[0]?.kind === "some";
  const iterators = iteratorsOf(syntax, compiler);
  const test = compiler.compile(syntax.children.at(-1) ?? syntax);
  return (env) => {
    let result: boolean | null = !deciding;
    const done = combine(iterators, env, (inside) => {
      const value = test(inside);
      if (value === deciding) result = deciding;
      else if (typeof value !== "boolean") result = null;
      return value !== deciding;
    });
    return done === null ? null : result;
  };
}

const itemEnv = (env: Env, item: FeelValue): Env =>
  item instanceof FeelContext ? env.with("item", item).within(item) : env.with("item", item);

/** `list[…]`: by position when the filter is a number, else by condition. */
export function compileFilter(syntax: Syntax, compiler: Compiler): Node {
  const base = compiler.compile(syntax.children[0] ?? syntax);
  const filter = compiler.compile(syntax.children[2] ?? syntax);
  const isIndex = syntax.children[2]?.kind === "NumericLiteral";
  return (env) => {
    const value = base(env);
    if (value === null) return isIndex ? null : [];
    const items = isList(value) ? value : [value];
    if (isIndex || items.length === 0) return isIndex ? at(items, filter(env), env.run, syntax) : [];
    const kept: FeelValue[] = [];
    for (const item of items) {
      env.run.step();
      const answer = filter(itemEnv(env, item));
      if (isNumber(answer)) return at(items, answer, env.run, syntax);
      if (answer === true) kept.push(item);
    }
    return kept;
  };
}

/** The item at a position from 1, or from -1 backwards. */
function at(items: readonly FeelValue[], position: FeelValue, run: Run, { from, to }: Syntax): FeelValue {
  if (typeof position === "number" && position !== 0) {
    const item = items.at(position > 0 ? position - 1 : position);
    if (item !== undefined) return item;
  }
  return run.warn(`the list has no such item among its ${items.length}`, from, to);
}
