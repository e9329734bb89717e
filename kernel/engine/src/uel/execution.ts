import { describe } from "./coerce.js";
import { beanProperty, readOwn } from "./bean.js";
import type { UelScope } from "./scope.js";
import { UelEvaluationError } from "./uel-error.js";

/** Names under which the same fact is asked for. */
const ALIASES: Record<string, string> = {
  processBusinessKey: "businessKey",
  businessKey: "processBusinessKey",
  processInstanceBusinessKey: "businessKey",
};

/** The object behind the name `execution`: facts of the instance, and its variables. */
export class ExecutionView {
  constructor(readonly scope: UelScope) {}

  /** A fact, by its property name. */
  property(name: string): unknown {
    const facts = this.scope.execution ?? {};
    const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
    const key = Object.hasOwn(facts, name) ? name : alias;
    if (key === undefined || !Object.hasOwn(facts, key))
      throw new UelEvaluationError(`execution has no property ${name}`);
    return readOwn(facts, key);
  }

  /** A call on `execution`. */
  call(method: string, args: unknown[]): unknown {
    switch (method) {
      case "getVariable":
      case "getVariableLocal":
        return this.scope.get(variableName(args[0])) ?? null;
      case "hasVariable":
      case "hasVariableLocal":
        return this.scope.has(variableName(args[0]));
      case "setVariable":
      case "setVariableLocal":
        return this.#set(args[0], args[1] ?? null, method === "setVariableLocal");
      case "removeVariable":
      case "removeVariableLocal":
        return this.#set(args[0], undefined, method === "removeVariableLocal");
      default: {
        const property = args.length === 0 ? beanProperty(method) : undefined;
        if (property === undefined) throw new UelEvaluationError(`execution has no method ${method}()`);
        return this.property(property);
      }
    }
  }

  #set(name: unknown, value: unknown, local: boolean): null {
    if (!this.scope.set) throw new UelEvaluationError("This expression may not set variables");
    this.scope.set(variableName(name), value, local);
    return null;
  }
}

function variableName(value: unknown): string {
  if (typeof value !== "string" || value === "") throw new UelEvaluationError(`${describe(value)} is no variable`);
  return value;
}
