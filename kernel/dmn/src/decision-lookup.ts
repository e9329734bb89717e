import { toJson, type FeelOptions } from "@jinshui/feel";
import { evaluateDecision } from "./evaluate-decision.js";
import type { DmnModel } from "./model/model.js";

/** Plain JSON of a decision, or why there is none. */
export type DecisionAnswer = { readonly value: unknown } | { readonly error: string };

/** Asks a decision by its reference, with plain JSON. */
export type DecisionLookup = (reference: string, variables: Readonly<Record<string, unknown>>) => DecisionAnswer;

/**
 * A pure function for the business rule tasks of a process. A reference is the id or name of a decision, service or
 * knowledge model, or `namespace#id` where several models have one of that name.
 */
export function decisionLookup(models: readonly DmnModel[], options: FeelOptions = {}): DecisionLookup {
  return (reference, variables) => {
    const hash = reference.lastIndexOf("#");
    const namespace = hash > 0 ? reference.slice(0, hash) : undefined;
    const local = hash >= 0 ? reference.slice(hash + 1) : reference;
    const holders = models.filter(
      (model) => (namespace === undefined || model.namespace === namespace) && offers(model, local),
    );
    const [model, second] = holders;
    if (!model) return { error: `there is no decision "${reference}"` };
    if (second) return { error: `several models have a decision "${reference}": say namespace#id` };
    const others = models.filter((other) => other !== model);
    const { value, error } = evaluateDecision(model, local, variables, {
      ...options,
      imports: others,
      jsonInput: true,
    });
    return error === undefined ? { value: toJson(value) } : { error };
  };
}

function offers(model: DmnModel, reference: string): boolean {
  return model.elements.some(({ kind, id, name }) => kind !== "input" && (id === reference || name === reference));
}
