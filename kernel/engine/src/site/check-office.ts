import { syntaxError } from "../feel/feel.js";
import type { ElementModel, ProcessModel } from "../model/model.js";
import type { Problem, ProblemCode } from "../model/problem.js";

type Add = (severity: Problem["severity"], code: ProblemCode, params?: Record<string, string>) => void;

/** What an attribute can be where only some words mean something. */
const CHOICES: Record<string, readonly string[]> = {
  within: ["department", "bureau", "parent"],
  sign: ["all", "ratio", "any", "sequence", "veto"],
  sendBack: ["any", "previous", "none"],
  officers: ["2"],
};
/** Attributes whose value may be FEEL. */
const COMPUTED = ["position", "signers", "departmentOf"];

const isComputed = (text: string): boolean => text.trim().startsWith("=");
const words = (text: string): string[] => text.split(/[\s,]+/u).filter((word) => word !== "");

/** Positions that a step names; those it computes are known when it is reached. */
export function positionsOf({ position, signers, carbonCopy }: Record<string, string>): string[] {
  const signing = signers === undefined || isComputed(signers) ? [] : words(signers);
  return [
    ...(position === undefined || isComputed(position) ? [] : [position]),
    ...signing.map((entry) => entry.replace(/\*$/, "").split("@", 1)[0] ?? ""),
    ...words(carbonCopy ?? ""),
  ];
}

/** How a user task says who does it, together with whom, and how it goes back. */
export function checkOffice(model: ProcessModel, { extensions, loop }: ElementModel, add: Add): void {
  const { signers, officers, sign, ratio, separateFrom } = extensions;
  for (const [attribute, allowed] of Object.entries(CHOICES)) {
    const value = extensions[attribute];
    if (value !== undefined && !allowed.includes(value))
      add("error", "bad-attribute", { attribute, value, allowed: allowed.join("、") });
  }
  for (const attribute of COMPUTED) {
    const expression = extensions[attribute];
    if (expression === undefined || (attribute !== "departmentOf" && !isComputed(expression))) continue;
    const error = syntaxError(expression);
    if (error !== undefined) add("error", "bad-expression", { expression, error });
  }
  for (const step of words(separateFrom ?? ""))
    if (model.elements[step]?.type !== "userTask") add("error", "unknown-step", { attribute: "separateFrom", step });
  if (signers === undefined) {
    const [attribute] = ["sign", "ratio"].filter((name) => extensions[name] !== undefined);
    if (attribute !== undefined) add("error", "bad-signers", { attribute });
    return;
  }
  if (words(signers).length === 0) add("error", "bad-signers", { what: "empty" });
  if (loop) add("error", "bad-signers", { what: "loop" });
  if (officers !== undefined) add("error", "bad-signers", { what: "officers" });
  const share = Number(ratio ?? "");
  if ((sign === "ratio" || ratio !== undefined) && !(share > 0 && share <= 1))
    add("error", "bad-attribute", { attribute: "ratio", value: ratio ?? "", allowed: "0.5、0.67、1" });
}
