import { problem } from "../errors.js";
import { FeelContext } from "../values/context.js";
import { isList, type FeelValue } from "../values/value.js";
import { define, instanceOf, listOf, stringOf } from "./define.js";

const contextOf = (value: FeelValue | undefined): FeelContext => instanceOf(value, FeelContext, "a context");

function put(context: FeelContext, keys: readonly FeelValue[], value: FeelValue): FeelContext {
  const [first, ...rest] = keys;
  const key = stringOf(first);
  const result = new FeelContext(context.entries());
  if (rest.length === 0) result.put(key, value);
  else result.put(key, put(contextOf(context.get(key)), rest, value));
  return result;
}

function fromEntries(entries: readonly FeelValue[]): FeelContext {
  const result = new FeelContext();
  for (const entry of entries) {
    const from = contextOf(entry);
    const key = stringOf(from.get("key"));
    if (!from.has("value")) return problem(`the entry ${key} has no value`);
    if (result.has(key)) return problem(`two entries are named ${key}`);
    result.put(key, from.get("value") ?? null);
  }
  return result;
}

/** Functions of contexts. */
export const contexts = [
  define("get value(m, key) | (context, key)", ([context, key]) => contextOf(context).get(stringOf(key)) ?? null),
  define("get entries(m) | (context)", ([context], run) =>
    run.list(contextOf(context).entries()).map(([key, value]) => FeelContext.of({ key, value })),
  ),
  define("context(entries)", ([entries], run) => {
    const list = listOf(entries);
    run.step(list.length);
    return fromEntries(list);
  }),
  define("context put(context, key, value) | (context, keys, value)", ([context, key, value], run, names) => {
    if (names && isList(key) !== names.includes("keys")) return problem("a key is a string, keys are a list");
    if (isList(key) && key.length === 0) return problem("no keys");
    const keys = listOf(key);
    if (keys.length > run.limits.depth) return problem("too many keys");
    return put(contextOf(context), keys, value ?? null);
  }),
  define("context merge(contexts)", ([list], run) => {
    const merged = new FeelContext();
    for (const context of listOf(list)) {
      const entries = contextOf(context).entries();
      run.step(1 + entries.length);
      for (const [key, value] of entries) merged.put(key, value);
    }
    return merged;
  }),
];
