import { Type, type Static } from "typebox";
import { Name } from "./text.js";

/** One question to an operation, and what it must answer. */
export const ContractCase = Type.Object(
  {
    /** What it shows, as people read it when it fails. */
    title: Type.String({ minLength: 1, maxLength: 200 }),
    input: Type.Unknown(),
    /** What must be in the answer; there may be more. Anything will do when neither this nor `error` is there. */
    output: Type.Optional(Type.Unknown()),
    /** Code of the error that must come instead of an answer. */
    error: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type ContractCase = Static<typeof ContractCase>;

/**
 * A file of a plugin's folder `provides.contracts`: cases of one operation, in their order. Before a package is enabled anywhere they are
 * tried on a site of its own, with its plugin and those it asks for, by a person who has all their permissions.
 */
export const ContractCases = Type.Object(
  { op: Name, cases: Type.Array(ContractCase, { minItems: 1, maxItems: 100 }) },
  { additionalProperties: false },
);
export type ContractCases = Static<typeof ContractCases>;

/** Whether everything that is expected is in an answer; lists must be as long. */
export function holds(expected: unknown, answer: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(answer) &&
      answer.length === expected.length &&
      expected.every((part, index) => holds(part, answer[index]))
    );
  if (typeof expected !== "object" || expected === null) return expected === answer;
  if (typeof answer !== "object" || answer === null) return false;
  return Object.entries(expected).every(
    ([key, part]) => Object.hasOwn(answer, key) && holds(part, (answer as Record<string, unknown>)[key]),
  );
}
