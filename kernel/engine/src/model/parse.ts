import { withoutAttributeSpaces } from "./attribute-spaces.js";
import { Budget } from "./budget.js";
import { compileProcess, type Reading } from "./compile.js";
import { ExpressionCheck } from "./expression-check.js";
import { firstProblems } from "./first-problems.js";
import { beyondLimits } from "./limits.js";
import { linesOfIds } from "./lines.js";
import { located } from "./located.js";
import { DanglingReferences } from "./dangling-references.js";
import { list, type ModdleElement } from "./moddle.js";
import type { ProcessModel } from "./model.js";
import type { Problem } from "./problem.js";
import { notExecutedBeside } from "./not-executed.js";
import { type Definitions, readDefinitions, type Reference, TooMuchSkipped } from "./read-definitions.js";
import { reservedIds } from "./reserved-ids.js";
import { lostIds, skippedParts } from "./skipped.js";
import { unclosedTag } from "./unclosed-tag.js";

/** Steps of the token game for all processes of a file. */
const SOUNDNESS_STEPS = 4_000_000;

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
  limits?: {
    /** Most elements and attributes of a file, without its diagram; 70,000 unless told otherwise. */
    parts?: number;
  };
}

/** Reads BPMN 2.0 XML. Never throws on bad input: what is wrong is in `problems`. */
export async function parseModel(xml: string, options: ParseOptions = {}): Promise<ParsedFile> {
  const refused = refusal(xml);
  if (refused) return { processes: [], problems: [refused], lines: new Map() };
  const spaceless = withoutAttributeSpaces(xml);
  const beyond = beyondLimits(spaceless, options.limits?.parts);
  if (beyond) return { processes: [], problems: [beyond], lines: new Map() };
  const lines = linesOfIds(xml);
  let definitions: Definitions;
  try {
    definitions = await readDefinitions(spaceless);
  } catch (error) {
    return { processes: [], problems: firstProblems(unread(error, xml)), lines };
  }
  const { rootElement: root, warnings, references, elementsById } = definitions;
  resolvePrefixed(references, elementsById);
  const reserved = reservedIds(elementsById, lines);
  if (reserved.length > 0) return { processes: [], problems: reserved, lines };
  const problems = skippedParts(warnings);
  const lost = lostIds(problems, lines, elementsById);
  const dangling = new DanglingReferences(references, elementsById, lost, lines, (text) => lineOf(xml, text));
  problems.push(...dangling.warnings(), ...notExecutedBeside(root, lines));
  keepNames(references);
  const processes: ProcessModel[] = [];
  const roots = list(root, "rootElements").filter((element) => element.$type === "bpmn:Process");
  const reading: Reading = {
    prefix: namespacePrefix(root),
    lines,
    dangling,
    complete: lost.size === 0,
    languages: options.scriptLanguages ?? [],
    expressions: new ExpressionCheck(),
    soundness: new Budget(SOUNDNESS_STEPS),
  };
  for (const process of roots) {
    if (list(process, "flowElements").length === 0 && roots.length > 1) {
      problems.push({ severity: "warning", code: "ignored-pool", ...located(process, lines) });
      continue;
    }
    const compiled = compileProcess(process, reading);
    processes.push(compiled.model);
    problems.push(...compiled.problems);
  }
  if (roots.length === 0) problems.push({ severity: "error", code: "no-process" });
  problems.push(...reading.expressions.problems(), ...messageFlows(root, processes, lines));
  return { processes, problems: firstProblems(problems), lines };
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
  if (!/<(?:[\w.-]{1,100}:)?definitions[\s>]/.test(xml))
    return { severity: "error", code: /</.test(xml) ? "not-bpmn" : "malformed-xml", line: 1 };
  return undefined;
}

/** Line of the first place at which a text stands, quoted or as the content of an element. */
function lineOf(xml: string, text: string): number | undefined {
  const at = [`"${text}"`, `'${text}'`, `>${text}<`].map((form) => xml.indexOf(form)).find((found) => found >= 0);
  return at === undefined ? undefined : xml.slice(0, at).split("\n").length;
}

/** Why a file could not be read to its end. */
function unread(error: unknown, xml: string): Problem[] {
  if (error instanceof TooMuchSkipped) {
    const skipped = skippedParts(error.warnings);
    const line = skipped.at(-1)?.line;
    return [{ severity: "error", code: "too-much-skipped", ...(line === undefined ? {} : { line }) }, ...skipped];
  }
  const message = error instanceof Error ? error.message : String(error);
  const [line, column] = [/line:\s*(\d+)/, /column:\s*(\d+)/].map((place) => place.exec(message)?.[1]);
  const unclosed = unclosedTag(xml);
  return [
    {
      severity: "error",
      code: "malformed-xml",
      ...(line !== undefined && column !== undefined ? { line: Number(line) + 1, column: Number(column) + 1 } : {}),
      params: {
        message: message.slice(0, 200).split("\n")[0] ?? message,
        ...(unclosed ? { what: "unclosed", tag: unclosed.tag.slice(0, 100), opened: String(unclosed.line) } : {}),
      },
    },
  ];
}

/** Message flows between two pools that both run would need message events. */
function messageFlows(root: ModdleElement, processes: ProcessModel[], lines: Map<string, number>): Problem[] {
  const run = new Set(processes.flatMap(({ elements }) => Object.keys(elements)));
  const runs = (element: unknown): boolean => run.has((element as ModdleElement | undefined)?.id ?? "");
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
