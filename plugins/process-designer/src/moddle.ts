import { BpmnModdle } from "bpmn-moddle";

/** Namespace of our attributes. */
export const NAMESPACE = "http://jinshui.cn/schema/bpmn/1.0";

/** A node of bpmn-moddle's tree, as far as this package uses it. */
export interface Element {
  $type: string;
  $attrs: Record<string, string>;
  id: string;
  name?: string;
  incoming?: Element[];
  outgoing?: Element[];
  sourceRef?: Element;
  targetRef?: Element;
  default?: Element;
  conditionExpression?: Element;
  eventDefinitions?: Element[];
  flowElements?: Element[];
  rootElements?: Element[];
  documentation?: Element[];
  diagrams?: Element[];
  laneSets?: Element[];
  artifacts?: Element[];
  loopCharacteristics?: Element;
  ioSpecification?: Element;
  isForCompensation?: boolean;
  body?: string;
  text?: string;
}

/** A file with the library's tree of it. */
export interface OpenFile {
  moddle: BpmnModdle;
  root: Element;
  process: Element;
}

/** Local name of a BPMN type: `userTask` of `bpmn:UserTask`. */
export function localType({ $type }: Element): string {
  const name = $type.replace(/^\w+:/, "");
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Attributes of our namespace by local name. */
export function ownAttributes({ $attrs }: Element): Record<string, string> {
  return Object.fromEntries(
    Object.entries($attrs).flatMap(([key, value]) => (key.startsWith("jinshui:") ? [[key.slice(8), value]] : [])),
  );
}

/** Reads a file with exactly one process; nothing when it has none or several, or is not wholly understood. */
export async function openFile(xml: string): Promise<OpenFile | "unreadable" | "several-processes"> {
  const moddle = new BpmnModdle();
  const read = await moddle.fromXML(xml).catch(() => undefined);
  if (read === undefined || read.warnings.length > 0) return "unreadable";
  const root = read.rootElement as Element;
  const kinds = (root.rootElements ?? []).map(localType);
  const [process, ...others] = (root.rootElements ?? []).filter((element) => localType(element) === "process");
  if (!process || others.length > 0 || kinds.includes("collaboration")) return "several-processes";
  connect(process);
  return { moddle, root, process };
}

/** Files may leave out at elements what their flows say already. */
function connect(process: Element): void {
  const flows = (process.flowElements ?? []).filter(({ sourceRef, targetRef }) => sourceRef && targetRef);
  for (const { sourceRef, targetRef } of flows)
    for (const element of [sourceRef, targetRef]) Object.assign(element ?? {}, { incoming: [], outgoing: [] });
  for (const flow of flows) {
    flow.sourceRef?.outgoing?.push(flow);
    flow.targetRef?.incoming?.push(flow);
  }
}
