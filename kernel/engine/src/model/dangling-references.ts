import { identified, located } from "./located.js";
import type { ModdleElement } from "./moddle.js";
import type { Problem } from "./problem.js";
import type { Reference } from "./read-definitions.js";

/** Elements that can't be without what they refer to: for these it is an error, told where they are compiled. */
const NEEDED: Record<string, string> = {
  "bpmn:SequenceFlow": "sourceRef targetRef",
  "bpmn:BoundaryEvent": "attachedToRef",
};

/** References of a file that lead to nothing which was read. */
export class DanglingReferences {
  readonly #ids = new Map<ModdleElement, Map<string, string>>();

  /**
   * @param lost - Ids of elements that were not read for a reason that is told: what refers to them is a consequence of it.
   * @param lineOf - Line of the first place at which a text stands.
   */
  constructor(
    readonly references: readonly Reference[],
    readonly known: Record<string, ModdleElement>,
    readonly lost: ReadonlySet<string>,
    readonly lines: Map<string, number>,
    readonly lineOf: (text: string) => number | undefined,
  ) {
    for (const { element, property, id } of this.#open()) {
      const own = this.#ids.get(element) ?? new Map<string, string>();
      this.#ids.set(element, own.set(local(property), id));
    }
  }

  /** Those that are not needed. */
  warnings(): Problem[] {
    return this.#open()
      .filter(({ element, property, id }) => !needed(element, property) && !this.#follows(element, id))
      .map(({ element, property, id }) => this.#problem("warning", element, local(property), id));
  }

  /** The problem of a reference that is needed; nothing when it is the consequence of another. */
  needed(element: ModdleElement, property: string): Problem | undefined {
    const id = this.#ids.get(element)?.get(property);
    return this.#follows(element, id) ? undefined : this.#problem("error", element, property, id);
  }

  #follows(element: ModdleElement, id: string | undefined): boolean {
    return (id !== undefined && this.lost.has(id)) || this.lost.has(identified(element).id ?? "");
  }

  #problem(severity: Problem["severity"], element: ModdleElement, reference: string, id?: string): Problem {
    const place = located(identified(element), this.lines);
    const line = place.line ?? (id === undefined ? undefined : this.lineOf(id));
    return {
      severity,
      code: "dangling-reference",
      ...place,
      ...(line === undefined ? {} : { line }),
      params: id === undefined ? { reference, what: "missing" } : { reference, id },
    };
  }

  #open(): Reference[] {
    return this.references.filter(({ id }) => !(id.replace(/^.*:/, "") in this.known) && !(id in this.known));
  }
}

function needed({ $type }: ModdleElement, property: string): boolean {
  return NEEDED[$type]?.split(" ").includes(local(property)) ?? false;
}

function local(property: string): string {
  return property.replace(/^.*:/, "");
}
