import type { Budget } from "./limits.js";

/** A method of a value. */
export type UelMethod = (value: never, args: unknown[], budget: Budget) => unknown;

/** The property behind a getter of a Java bean: `getFoo` and `isFoo` are `foo`, `getURL` is `URL`. */
export function beanProperty(method: string): string | undefined {
  const name = /^(?:get|is)(\p{Lu}.*)$/u.exec(method)?.[1];
  if (name === undefined) return undefined;
  return /^\p{Lu}{2}/u.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

/** An own property that is data; everything else of an object is out of reach. */
export function readOwn(value: object, key: string): unknown {
  const found = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  return found === undefined || typeof found === "function" ? null : found;
}
