import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
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
  return telling(validate.errors ?? [])
    .slice(0, 20)
    .map((error) => ({
      path:
        error.instancePath +
        (error.keyword === "additionalProperties" ? `/${String(error.params["additionalProperty"])}` : ""),
      message: messageOf(error),
    }));
}

function messageOf({ keyword, message, params }: ErrorObject): string {
  const { allowedValues } = params as { allowedValues?: unknown[] };
  return keyword === "enum" && allowedValues ? `must be one of ${allowedValues.join(", ")}` : (message ?? keyword);
}

/**
 * Without what only follows from another: where one of several forms is asked for and one of them fits but for a part of it, that
 * part is what is wrong, and not that the value has none of the other forms.
 */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = new Set(errors.filter(({ keyword }) => isUnion(keyword)).map(({ instancePath }) => instancePath));
  const follows = ({ keyword, instancePath }: ErrorObject): boolean =>
    unions.has(instancePath) && (isUnion(keyword) || keyword === "type");
  const causes = errors.filter((error) => !follows(error));
  return errors.filter(
    (error) =>
      !follows(error) ||
      !causes.some(({ instancePath: at }) => at === error.instancePath || at.startsWith(`${error.instancePath}/`)),
  );
}

function isUnion(keyword: string): boolean {
  return keyword === "anyOf" || keyword === "oneOf";
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
