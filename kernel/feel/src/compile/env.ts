import { convert, FeelContext, normalizeName } from "../values/context.js";
import type { FeelValue } from "../values/value.js";
import type { Run } from "./run.js";

/** A name as the text has it. */
export interface Name {
  readonly text: string;
  /** May be written with other spaces than the entry it means. */
  readonly loose: boolean;
}

/** A name from its piece of text; any run of spaces is one space. */
export const nameOf = (text: string): Name => {
  const tidy = text.replace(/\s+/g, " ").trim();
  return { text: tidy, loose: /[ ./\-'+*]/.test(tidy) };
};

/** Names in scope: one name, the entries of a context, or those of the caller's record; then those around it. */
export class Env {
  private constructor(
    readonly run: Run,
    private readonly parent: Env | null,
    private readonly name: string,
    private readonly value: FeelValue,
    private readonly context: FeelContext | null,
    private readonly record: Readonly<Record<string, unknown>> | null,
  ) {}

  static of(run: Run, scope: FeelContext | Readonly<Record<string, unknown>>): Env {
    return scope instanceof FeelContext
      ? new Env(run, null, "", null, scope, null)
      : new Env(run, null, "", null, null, scope);
  }

  with(name: string, value: FeelValue): Env {
    return new Env(this.run, this, name, value, null, null);
  }

  within(context: FeelContext): Env {
    return new Env(this.run, this, "", null, context, null);
  }

  /** Undefined when nothing has that name. */
  find(name: Name): FeelValue | undefined {
    let found = this.#own(name);
    for (let env = this.parent; env && found === undefined; env = env.parent) found = env.#own(name);
    return found;
  }

  #own({ text, loose }: Name): FeelValue | undefined {
    if (this.context) return loose ? this.context.find(text) : this.context.get(text);
    if (this.record) return this.#inRecord(this.record, text, loose);
    return this.name === text || (loose && normalizeName(this.name) === normalizeName(text)) ? this.value : undefined;
  }

  /** What was converted once for this evaluation. */
  #converted: Map<string, FeelValue> | undefined;

  #inRecord(record: Readonly<Record<string, unknown>>, text: string, loose: boolean): FeelValue | undefined {
    let key: string | undefined = text;
    if (!Object.hasOwn(record, text)) {
      if (!loose) return undefined;
      const wanted = normalizeName(text);
      key = Object.keys(record).find((candidate) => normalizeName(candidate) === wanted);
      if (key === undefined) return undefined;
    }
    const raw = record[key];
    if (typeof raw !== "object" || raw === null) return convert(raw);
    const known = this.#converted?.get(key);
    if (known !== undefined) return known;
    const value = convert(raw);
    (this.#converted ??= new Map()).set(key, value);
    return value;
  }
}

/** A compiled expression. */
export type Node = (env: Env) => FeelValue;
