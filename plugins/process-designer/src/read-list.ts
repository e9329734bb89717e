import { localType, NAMESPACE, openFile, ownAttributes, type Element } from "./moddle.js";
import type { Branch, Item, Mode, Reason, StepList } from "./step-list.js";

const MODES: Record<string, Mode> = {
  exclusiveGateway: "exclusive",
  parallelGateway: "parallel",
  inclusiveGateway: "inclusive",
};
const KNOWN = new Set([...Object.keys(MODES), "startEvent", "endEvent", "userTask", "serviceTask", "sequenceFlow"]);

/** Shows a process as a list of steps; what a list can't say is named, and nothing of it is guessed. */
export async function readList(xml: string): Promise<{ list: StepList } | { reasons: Reason[] }> {
  const file = await openFile(xml);
  if (typeof file === "string") return { reasons: [{ code: file }] };
  const { root, process } = file;
  const reasons = reasonsOf(root, process);
  const start = (process.flowElements ?? []).find((element) => localType(element) === "startEvent");
  if (reasons.length > 0 || !start) return { reasons };
  const [first] = start.outgoing ?? [];
  const items = first?.targetRef ? new Reader().sequence(first.targetRef, []) : [];
  return {
    list: {
      id: process.id,
      name: process.name ?? "",
      documentation: process.documentation?.[0]?.text ?? "",
      attributes: ownAttributes(process),
      start: { id: start.id, name: start.name ?? "", attributes: ownAttributes(start) },
      items,
    },
  };
}

function reasonsOf(root: Element, process: Element): Reason[] {
  const elements = process.flowElements ?? [];
  const reasons: Reason[] = elements.flatMap((element): Reason[] => reasonAt(element));
  const foreign = Object.entries(root.$attrs).some(
    ([key, value]) => value === NAMESPACE && key.startsWith("xmlns") && key !== "xmlns:jinshui",
  );
  if (foreign) reasons.unshift({ code: "foreign-prefix" });
  if ((process.laneSets ?? []).length > 0) reasons.unshift({ code: "lanes" });
  const [artifact] = process.artifacts ?? [];
  if (artifact) reasons.push({ code: "element", element: artifact.id, type: localType(artifact) });
  const starts = elements.filter((element) => localType(element) === "startEvent");
  if (starts.length !== 1) reasons.unshift({ code: "start" });
  if (reasons.length === 0 && starts[0]) reasons.push(...unreached(elements, starts[0]));
  return reasons;
}

function reasonAt(element: Element): Reason[] {
  const type = localType(element);
  const found = (code: Reason["code"]): Reason[] => [{ code, element: element.id, type }];
  const special = element.isForCompensation === true || element.ioSpecification !== undefined;
  if (!KNOWN.has(type) || (element.eventDefinitions ?? []).length > 0 || special) return found("element");
  if (element.loopCharacteristics) return found("loop");
  if (type === "sequenceFlow") return element.sourceRef && element.targetRef ? [] : found("element");
  const ways = element.outgoing ?? [];
  if (type in MODES) return ways.length > 0 ? [] : found("several-ways");
  // a step that leads several ways, or one of its own conditions, is a fork that is not drawn
  const wanted = type === "endEvent" ? 0 : 1;
  return ways.length === wanted && ways.every(({ conditionExpression }) => !conditionExpression)
    ? []
    : found("several-ways");
}

/** A list begins at the start: what nothing leads to has no place in it. */
function unreached(elements: readonly Element[], start: Element): Reason[] {
  const reached = new Set([start]);
  for (const element of reached)
    for (const { targetRef } of element.outgoing ?? []) if (targetRef) reached.add(targetRef);
  const lost = elements.find((element) => localType(element) !== "sequenceFlow" && !reached.has(element));
  return lost ? [{ code: "element", element: lost.id, type: localType(lost) }] : [];
}

/** Finds the sequences in a graph: each element gets one place, every other way to it is a jump. */
class Reader {
  readonly #placed = new Set<Element>();
  #jumps = 0;

  /** Items from an element until the innermost of `stops`, where what stands around goes on. */
  sequence(from: Element, stops: readonly Element[]): Item[] {
    const items: Item[] = [];
    let at: Element | undefined = from;
    while (at && at !== stops.at(-1)) {
      if (this.#placed.has(at) || stops.includes(at)) return [...items, this.#jump(at)];
      this.#placed.add(at);
      const type = localType(at);
      const named = { id: at.id, name: at.name ?? "" };
      const ways: Element[] = at.outgoing ?? [];
      const mode = MODES[type];
      if (type === "endEvent") return [...items, { kind: "end", ...named }];
      if (mode === undefined) {
        items.push({ kind: "step", ...named, type: type as "userTask", attributes: ownAttributes(at) });
        at = ways[0]?.targetRef;
      } else if (ways.length === 1) {
        items.push({ kind: "join", ...named, mode });
        at = ways[0]?.targetRef;
      } else {
        const meeting = this.#meeting(at, stops);
        const inner = meeting ? [...stops, meeting] : [...stops, at];
        items.push({ kind: "fork", ...named, mode, branches: ways.map((way) => this.#branch(way, at, inner)) });
        at = meeting;
      }
    }
    return items;
  }

  #branch(way: Element, fork: Element | undefined, stops: readonly Element[]): Branch {
    const { id, name = "", conditionExpression, targetRef } = way;
    return {
      id,
      name,
      ...(conditionExpression?.body === undefined ? {} : { condition: conditionExpression.body.trim() }),
      ...(fork?.default === way ? { otherwise: true } : {}),
      items: targetRef ? this.sequence(targetRef, stops) : [],
    };
  }

  #jump(to: Element): Item {
    this.#jumps += 1;
    return { kind: "jump", id: `jump-${this.#jumps}`, to: to.id };
  }

  /** Where most branches of a fork come together again, the nearest such place; else where the default one leads. */
  #meeting(fork: Element, stops: readonly Element[]): Element | undefined {
    const ways = fork.outgoing ?? [];
    const reached = new Map<Element, { ways: number; distance: number }>();
    for (const way of ways)
      for (const [element, distance] of this.#distances(way, stops)) {
        const known = reached.get(element) ?? { ways: 0, distance: 0 };
        reached.set(element, { ways: known.ways + 1, distance: known.distance + distance });
      }
    const [best] = [...reached]
      .filter(([, { ways: count }]) => count > 1)
      .sort(([, a], [, b]) => b.ways - a.ways || a.distance - b.distance);
    if (best) return best[0];
    const goesOn = [fork.default, ...ways].map((way) => way?.targetRef);
    return goesOn.find((target) => target && !this.#placed.has(target) && !stops.includes(target));
  }

  #distances(way: Element, stops: readonly Element[]): Map<Element, number> {
    const found = new Map<Element, number>();
    if (way.targetRef && !this.#placed.has(way.targetRef)) found.set(way.targetRef, 0);
    for (const [element, distance] of found) {
      if (stops.includes(element)) continue;
      for (const { targetRef } of element.outgoing ?? [])
        if (targetRef && !found.has(targetRef) && !this.#placed.has(targetRef)) found.set(targetRef, distance + 1);
    }
    return found;
  }
}
