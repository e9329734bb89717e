import { toJson } from "@jinshui/feel";
import { evaluateDecision, type DecisionOptions } from "../evaluate-decision.js";
import type { DmnModel } from "../model/model.js";
import { parseDecisions } from "../parse/parse-decisions.js";

/** The namespace of models made here. */
export const NAMESPACE = "https://example.cn/decisions";

/** A DMN 1.5 document with that content. */
export function definitions(content: string, attributes = `namespace="${NAMESPACE}"`): string {
  return `<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="test" ${attributes}>
${content}
</definitions>`;
}

/** A model that has no problem. */
export function soundModel(content: string, attributes?: string): DmnModel {
  const { model, problems } = parseDecisions(definitions(content, attributes));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return model;
}

/** Plain JSON of a decision of such a model. */
export function valueOf(
  content: string,
  decision: string,
  input: Record<string, unknown> = {},
  options: DecisionOptions = {},
): unknown {
  return toJson(evaluateDecision(soundModel(content), decision, input, options).value);
}

/** A literal expression. */
export function literal(text: string): string {
  return `<literalExpression><text>${text.replaceAll("<", "&lt;")}</text></literalExpression>`;
}

/** A decision named `d` with that logic. */
export function decision(logic: string, inputs: readonly string[] = [], type = ""): string {
  const required = inputs.map(
    (id) => `<informationRequirement><requiredInput href="#${id}"/></informationRequirement>`,
  );
  const data = inputs.map((id) => `<inputData id="${id}" name="${id}"><variable name="${id}"/></inputData>`);
  const typeRef = type === "" ? "" : ` typeRef="${type}"`;
  return `${data.join("")}<decision id="_d" name="d"><variable name="d"${typeRef}/>${required.join("")}${logic}</decision>`;
}
