import type { DmnModel, ModelElement } from "../model/model.js";
import type { ModelProblem } from "../model/problem.js";
import { readXml } from "../xml/read-xml.js";
import { children, type XmlElement } from "../xml/xml-element.js";
import { DMN_NAMESPACES } from "./namespaces.js";
import { expressionProblems } from "./expression-problems.js";
import { ELEMENT_READERS } from "./read-element.js";
import { readItemDefinition } from "./read-item-definition.js";
import { requirementProblems } from "./requirement-problems.js";
import { createReader, type Reader } from "./reader.js";

/** What became of a document: as much of a model as could be read, and what is wrong with it. */
export interface ParsedDecisions {
  readonly model: DmnModel;
  /** In the order of the document; empty for a sound model. */
  readonly problems: readonly ModelProblem[];
}

/**
 * Reads a decision model of DMN 1.1 to 1.5. Never throws: whatever is wrong with the text is in `problems`, and the
 * sound parts of the model can be evaluated all the same.
 */
export function parseDecisions(xml: string): ParsedDecisions {
  const document = readXml(xml, DMN_NAMESPACES);
  if ("error" in document) {
    return refused(`this is not well-formed XML: ${document.error}`, document.line);
  }
  const { root } = document;
  if (root.name !== "definitions") {
    return refused(`the root is <${root.name}>, not <definitions> of a DMN version from 1.1 to 1.5`, root.line);
  }
  const problems: ModelProblem[] = [];
  const namespace = root.attributes["namespace"] ?? "";
  const model = readModel(root, createReader(namespace, problems));
  problems.push(...requirementProblems(model), ...expressionProblems(model));
  return { model, problems: problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)) };
}

function refused(message: string, line: number): ParsedDecisions {
  const model = { namespace: "", name: "", imports: [], itemDefinitions: [], elements: [] };
  return { model, problems: [{ severity: "error", message, line }] };
}

function readModel(root: XmlElement, reader: Reader): DmnModel {
  return {
    namespace: reader.namespace,
    name: root.attributes["name"] ?? "",
    imports: children(root, "import")
      .filter(({ attributes }) => DMN_NAMESPACES.includes(attributes["importType"] ?? ""))
      .map(({ attributes, line }) => ({
        name: attributes["name"]?.trim() ?? "",
        namespace: attributes["namespace"] ?? "",
        line,
      })),
    itemDefinitions: children(root, "itemDefinition").map((definition) => readItemDefinition(definition, reader)),
    elements: readElements(root, reader),
  };
}

function readElements(root: XmlElement, reader: Reader): ModelElement[] {
  const seen = new Set<string>();
  return root.children.flatMap((candidate) => {
    const element = ELEMENT_READERS[candidate.name]?.(candidate, reader);
    if (!element) return [];
    if (seen.has(element.id)) reader.problem("error", `the id "${element.id}" stands twice in the model`, candidate);
    seen.add(element.id);
    return [element];
  });
}
