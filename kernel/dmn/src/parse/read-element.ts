import type { Variable } from "../model/expression.js";
import type {
  Decision,
  DecisionService,
  InputData,
  KnowledgeModel,
  ModelElement,
  Requirements,
} from "../model/model.js";
import { child, children, type XmlElement } from "../xml/xml-element.js";
import { expressionIn, readFunction, readVariable } from "./read-expression.js";
import { optional, readReferences, type Reader } from "./reader.js";

type ElementReader = (element: XmlElement, reader: Reader) => ModelElement;

/** By XML name: how an element of the requirements graph is read. */
export const ELEMENT_READERS: Readonly<Record<string, ElementReader>> = {
  inputData: (element, reader): InputData => ({ kind: "input", ...head(element, reader) }),
  decision: (element, reader): Decision => ({
    kind: "decision",
    ...head(element, reader),
    requires: readRequirements(element, reader),
    ...optional("logic", expressionIn(element, reader)),
  }),
  businessKnowledgeModel: (element, reader): KnowledgeModel => {
    const logic = child(element, "encapsulatedLogic");
    if (!logic) reader.problem("warning", "the business knowledge model has no logic: calls give null", element);
    return {
      kind: "knowledge",
      ...head(element, reader),
      requires: readRequirements(element, reader),
      ...optional("logic", logic && readFunction(logic, reader)),
    };
  },
  decisionService: (element, reader): DecisionService => ({
    kind: "service",
    ...head(element, reader),
    outputs: readReferences(children(element, "outputDecision"), reader),
    encapsulated: readReferences(children(element, "encapsulatedDecision"), reader),
    inputDecisions: readReferences(children(element, "inputDecision"), reader),
    inputData: readReferences(children(element, "inputData"), reader),
  }),
};

function head(element: XmlElement, reader: Reader) {
  const name = element.attributes["name"]?.trim() ?? "";
  if (name === "") reader.problem("error", `<${element.name}> has no name`, element);
  return {
    id: element.attributes["id"] ?? name,
    name,
    variable: readOwnVariable(element, name, reader),
    line: element.line,
  };
}

function readOwnVariable(element: XmlElement, name: string, reader: Reader): Variable {
  const written = child(element, "variable");
  if (!written) return { name };
  const variable = readVariable(written, reader);
  return variable.name === "" ? { ...variable, name } : variable;
}

function readRequirements(element: XmlElement, reader: Reader): Requirements {
  const wanted = (requirement: string, target: string) =>
    readReferences(
      children(element, requirement).flatMap((holder) => children(holder, target)),
      reader,
    );
  return {
    inputs: wanted("informationRequirement", "requiredInput"),
    decisions: wanted("informationRequirement", "requiredDecision"),
    knowledge: wanted("knowledgeRequirement", "requiredKnowledge"),
  };
}
