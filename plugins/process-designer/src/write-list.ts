import { layoutProcess } from "bpmn-auto-layout";
import { localType, NAMESPACE, openFile, ownAttributes, type Element, type OpenFile } from "./moddle.js";
import type { Branch, Item, StepList } from "./step-list.js";

/** A flow as the list has it; `branch` where it leaves a fork. */
interface Way {
  from: string;
  to: string;
  branch?: Branch;
}

/**
 * Writes a list into the file it was read from: elements that stay keep whatever else is written at them. The diagram is drawn anew when
 * steps or ways have changed.
 */
export async function writeList(list: StepList, xml: string): Promise<string> {
  const file = await openFile(xml);
  if (typeof file === "string") throw new Error(`A list can't be written into this file: ${file}`);
  const before = shapeOf(file.process);
  fill(file, list);
  const drawn = (file.root.diagrams ?? []).length > 0 && shapeOf(file.process) === before;
  const { xml: text } = await file.moddle.toXML(file.root, { format: true });
  return drawn ? text : layoutProcess(text);
}

/** A new file for a list. */
export async function newFile(list: StepList): Promise<string> {
  const empty = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:jinshui="${NAMESPACE}" id="definitions" targetNamespace="http://jinshui.cn/processes"><bpmn:process id="${list.id}" isExecutable="true"><bpmn:startEvent id="${list.start.id}"/></bpmn:process></bpmn:definitions>`;
  return writeList(list, empty);
}

/** Which elements there are and what leads where. */
function shapeOf(process: Element): string {
  const parts = (process.flowElements ?? []).map((element) =>
    [element.$type, element.id, element.sourceRef?.id ?? "", element.targetRef?.id ?? ""].join(" "),
  );
  return parts.sort().join("\n");
}

function fill({ moddle, root, process }: OpenFile, list: StepList): void {
  const known = new Map((process.flowElements ?? []).map((element) => [element.id, element]));
  const create = (type: string, properties: object, parent: Element): Element => {
    const element = moddle.create(type, properties) as Element & { $parent: Element };
    element.$parent = parent;
    return element;
  };
  const nodes = new Map<string, Element>();
  const node = (type: string, id: string, name: string, attributes?: Readonly<Record<string, string>>): void => {
    const old = known.get(id);
    const element =
      old && localType(old) === type
        ? old
        : create(`bpmn:${type.charAt(0).toUpperCase()}${type.slice(1)}`, { id }, process);
    setName(element, name);
    if (attributes) setAttributes(element, attributes);
    Object.assign(element, { incoming: [], outgoing: [] });
    nodes.set(id, element);
  };
  root.$attrs["xmlns:jinshui"] ??= NAMESPACE;
  setName(process, list.name);
  setAttributes(process, list.attributes);
  if ((process.documentation?.[0]?.text ?? "") !== list.documentation)
    process.documentation =
      list.documentation === "" ? [] : [create("bpmn:Documentation", { text: list.documentation }, process)];
  node("startEvent", list.start.id, list.start.name, list.start.attributes);
  const ways: Way[] = [];
  const collect = (items: readonly Item[], next: string | undefined): void => {
    items.forEach((item, index) => {
      const to = entry(items.slice(index + 1), next);
      switch (item.kind) {
        case "step":
          node(item.type, item.id, item.name, item.attributes);
          break;
        case "end":
          node("endEvent", item.id, item.name);
          return;
        case "jump":
          return;
        case "join":
        case "fork":
          node(`${item.mode}Gateway`, item.id, item.name);
      }
      if (item.kind !== "fork") {
        if (to !== undefined) ways.push({ from: item.id, to });
        return;
      }
      for (const branch of item.branches) {
        const target = entry(branch.items, to);
        if (target !== undefined) ways.push({ from: item.id, to: target, branch });
        collect(branch.items, to);
      }
    });
  };
  const first = entry(list.items, undefined);
  if (first !== undefined) ways.push({ from: list.start.id, to: first });
  collect(list.items, undefined);
  for (const element of nodes.values()) delete element.default;
  const taken = new Set([...nodes.keys(), ...known.keys(), ...ways.flatMap(({ branch }) => branch?.id ?? [])]);
  const old = [...known.values()].filter((element) => localType(element) === "sequenceFlow");
  const flows = ways.flatMap(({ from, to, branch }) => {
    const source = nodes.get(from);
    const target = nodes.get(to);
    if (!source || !target) return [];
    const kept = old.find(({ id, sourceRef }) =>
      branch ? id === branch.id : sourceRef?.id === from && nodes.has(sourceRef.id),
    );
    const flow = kept ?? create("bpmn:SequenceFlow", { id: branch?.id ?? freeId(`${from}Next`, taken) }, process);
    Object.assign(flow, { sourceRef: source, targetRef: target });
    source.outgoing?.push(flow);
    target.incoming?.push(flow);
    if (branch) setBranch(flow, branch, source, create);
    else delete flow.conditionExpression;
    return [flow];
  });
  process.flowElements = [...nodes.values(), ...flows];
}

function setBranch(
  flow: Element,
  branch: Branch,
  fork: Element,
  create: (type: string, properties: object, parent: Element) => Element,
): void {
  setName(flow, branch.name);
  if (branch.otherwise === true) fork.default = flow;
  if (branch.condition === undefined) delete flow.conditionExpression;
  else if (flow.conditionExpression?.body?.trim() !== branch.condition)
    flow.conditionExpression = create("bpmn:FormalExpression", { body: branch.condition }, flow);
}

/** Where a sequence begins, or what follows when nothing is in it. */
function entry([item]: readonly Item[], next: string | undefined): string | undefined {
  if (item === undefined) return next;
  return item.kind === "jump" ? item.to : item.id;
}

function setName(element: Element, name: string): void {
  if (name === "") delete element.name;
  else element.name = name;
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(ownAttributes(element)))
    if (!(key in attributes)) delete element.$attrs[`jinshui:${key}`];
  for (const [key, value] of Object.entries(attributes)) element.$attrs[`jinshui:${key}`] = value;
}

/** A text that is not taken yet, which takes it. */
export function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n += 1) id = `${wanted}${n}`;
  taken.add(id);
  return id;
}

/** A copy of a file whose process has another id and name. */
export async function renamed(xml: string, id: string, name: string): Promise<string> {
  const file = await openFile(xml);
  if (typeof file === "string") return xml;
  file.process.id = id;
  file.process.name = name;
  return (await file.moddle.toXML(file.root, { format: true })).xml;
}
