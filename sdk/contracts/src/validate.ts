import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Static, TSchema } from "typebox";
import { JinshuiError, type ErrorCode } from "./error.js";

const ajv = new Ajv2020({ allErrors: true, strict: false });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);
const compiled = new WeakMap<object, ValidateFunction>();

/** One place where a value does not fit its schema. */
export interface SchemaProblem {
  /** JSON pointer into the value, `""` for the whole. */
  path: string;
  message: string;
}

/** All places where `value` does not fit `schema`; empty when it does. At most 20 are given. */
export function problems(schema: TSchema | object, value: unknown): SchemaProblem[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, 20).map((error) => ({
    path:
      error.instancePath +
      (error.keyword === "additionalProperties" ? `/${String(error.params["additionalProperty"])}` : ""),
    message: error.message ?? error.keyword,
  }));
}

/** Returns `value` when it fits `schema`; otherwise throws `code` naming `what` and each place in `details.problems`. */
export function checked<S extends TSchema>(
  schema: S,
  value: unknown,
  what: string,
  code: ErrorCode = "invalid-request",
): Static<S> {
  const found = problems(schema, value);
  if (found.length === 0) return value as Static<S>;
  const text = found.map((problem) => `${problem.path || "/"} ${problem.message}`).join("; ");
  throw new JinshuiError(code, `${what}: ${text}`, { details: { what, problems: found } });
}
