import { BpmnModdle } from "bpmn-moddle";
import { withoutAttributeSpaces } from "./attribute-spaces.js";
import { compileProcess } from "./compile.js";
import { beyondLimits } from "./limits.js";
import { linesOfIds } from "./lines.js";
import { located } from "./located.js";
import { list, type ModdleElement } from "./moddle.js";
import type { ProcessModel } from "./model.js";
import type { Problem } from "./problem.js";
import { skippedParts } from "./skipped.js";

/** Longest file that is read, in characters. */
export const MAX_XML_LENGTH = 10 * 1024 * 1024;

export interface ParsedFile {
  /** Every process of the file, also those with errors; `problems` says which may run. */
  processes: ProcessModel[];
  problems: Problem[];
  /** Line of every id, for problems that a host finds itself. */
  lines: ReadonlyMap<string, number>;
}

export interface ParseOptions {
  /** Script languages besides FEEL that the host runs, in lower case. */
  scriptLanguages?: readonly string[];
}

/** Reads BPMN 2.0 XML. Never throws on bad input: what is wrong is in `problems`. */
export async function parseModel(xml: string, options: ParseOptions = {}): Promise<ParsedFile> {
  const refused = refusal(xml);
  if (refused) return { processes: [], problems: [refused], lines: new Map() };
  let root: ModdleElement;
  let warnings: { message: string }[];
  let references: Reference[];
  try {
    const parsed = (await new BpmnModdle().fromXML(withoutAttributeSpaces(xml))) as {
      rootElement: ModdleElement;
      warnings: { message: string }[];
      references: Reference[];
      elementsById: Record<string, ModdleElement>;
    };
    references = parsed.references;
    resolvePrefixed(references, parsed.elementsById);
    root = parsed.rootElement;
    warnings = parsed.warnings;
  } catch (error) {
    return { processes: [], problems: [malformed(error)], lines: new Map() };
  }
  const problems = skippedParts(warnings);
  const dangling = warnings.filter(({ message }) => message.startsWith("unresolved reference"));
  for (const { message } of dangling.slice(0, 20)) {
    problems.push({
      severity: "warning",
      code: "dangling-reference",
      params: { reference: message.replace(/^unresolved reference\s*/, "") },
    });
  }
  keepNames(references);
  const lines = linesOfIds(xml);
  const prefix = namespacePrefix(root);
  const processes: ProcessModel[] = [];
  const roots = list(root, "rootElements").filter((element) => element.$type === "bpmn:Process");
  for (const process of roots) {
    if (list(process, "flowElements").length === 0 && roots.length > 1) {
      problems.push({ severity: "warning", code: "ignored-pool", ...located(process, lines) });
      continue;
    }
    const compiled = compileProcess(process, prefix, lines, options.scriptLanguages);
    processes.push(compiled.model);
    problems.push(...compiled.problems);
  }
  if (roots.length === 0) problems.push({ severity: "error", code: "no-process" });
  problems.push(...messageFlows(root, processes, lines));
  return { processes, problems, lines };
}

interface Reference {
  element: ModdleElement;
  property: string;
  id: string;
}

/** References written with a namespace prefix, which are legal and which the parser leaves open. */
function resolvePrefixed(references: readonly Reference[], known: Record<string, ModdleElement>): void {
  for (const { element, property, id } of references) {
    const name = property.replace(/^.*:/, "");
    const found = known[id.replace(/^.*:/, "")];
    if (found && element[name] === undefined) element[name] = found;
  }
}

/** References that other tools use as plain names: of a variable, or of a code that is declared nowhere. */
const NAMES = new Set(["loopDataInputRef", "messageRef", "signalRef", "errorRef", "escalationRef"]);

function keepNames(references: Reference[]): void {
  for (const { element, property, id } of references) {
    const name = property.replace(/^.*:/, "");
    if (NAMES.has(name) && element[name] === undefined) element[name] = { $type: "unresolved", id };
  }
}

function refusal(xml: string): Problem | undefined {
  if (xml.length > MAX_XML_LENGTH) return { severity: "error", code: "too-large", params: { limit: "10 MB" } };
  const doctype = xml.search(/<!(?:DOCTYPE|ENTITY)/i);
  if (doctype >= 0) return { severity: "error", code: "doctype", line: xml.slice(0, doctype).split("\n").length };
  if (!/<(?:[\w.-]+:)?definitions[\s>]/.test(xml))
    return { severity: "error", code: /</.test(xml) ? "not-bpmn" : "malformed-xml", line: 1 };
  return beyondLimits(xml);
}

function malformed(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const position = /line:\s*(\d+)[\s\S]*?column:\s*(\d+)/.exec(message);
  return {
    severity: "error",
    code: "malformed-xml",
    ...(position ? { line: Number(position[1]) + 1, column: Number(position[2]) + 1 } : {}),
    params: { message: message.split("\n")[0] ?? message },
  };
}

/** Message flows between two pools that both run would need message events. */
function messageFlows(root: ModdleElement, processes: ProcessModel[], lines: Map<string, number>): Problem[] {
  const runs = (element: unknown): boolean => {
    const id = (element as ModdleElement | undefined)?.id;
    return id !== undefined && processes.some((process) => id in process.elements);
  };
  return list(root, "rootElements")
    .filter((element) => element.$type === "bpmn:Collaboration")
    .flatMap((collaboration) => list(collaboration, "messageFlows"))
    .filter((flow) => runs(flow["sourceRef"]) && runs(flow["targetRef"]))
    .map((flow) => ({ severity: "warning" as const, code: "message-flow" as const, ...located(flow, lines) }));
}

function namespacePrefix(root: ModdleElement): string {
  const found = Object.entries(root.$attrs ?? {}).find(
    ([name, value]) => name.startsWith("xmlns:") && value === "http://jinshui.cn/schema/bpmn/1.0",
  );
  return found ? found[0].slice("xmlns:".length) : "jinshui";
}
