import { BpmnModdle, type Reader, type ReaderContext, type RootHandler } from "bpmn-moddle";
import type { ModdleElement } from "./moddle.js";

/** What the BPMN library makes of a file. */
export interface Definitions {
  rootElement: ModdleElement;
  warnings: Warning[];
  references: Reference[];
  elementsById: Record<string, ModdleElement>;
}

/** What the library has to say about a part of a file. */
export interface Warning {
  message: string;
  /** Of a reference to nothing: whose it is, and under which name. */
  element?: ModdleElement;
  property?: string;
}

/** A reference by id, resolved or not. */
export interface Reference {
  element: ModdleElement;
  property: string;
  id: string;
}

/** A file with so much in it that is not BPMN that it was not read to its end. */
export class TooMuchSkipped extends Error {
  constructor(readonly warnings: Warning[]) {
    super("too much of the file is not BPMN");
  }
}

/** A diagram is for people: packages without types, in place of the library's, leave it out unread. */
const NO_DIAGRAM = Object.fromEntries(
  [
    ["bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI"],
    ["bioc", "http://bpmn.io/schema/bpmn/biocolor/1.0"],
    ["color", "http://www.omg.org/spec/BPMN/non-normative/color/1.0"],
  ].map(([prefix = "", uri]) => [prefix, { name: prefix, prefix, uri, types: [] }]),
);

/** For the line of each part that it skips, the library walks through the whole file: so many characters in all. */
const MAX_WALKED = 2_000_000_000;
/** A line break on that walk takes as long as so many characters. */
const BREAK_COST = 250;

/**
 * Reads BPMN XML with the BPMN library, without its diagram. Rejects when the XML is not well formed.
 *
 * @throws {@link TooMuchSkipped}
 */
export async function readDefinitions(xml: string): Promise<Definitions> {
  const walk = xml.length + BREAK_COST * (xml.split("\n").length - 1);
  const limit = Math.floor(MAX_WALKED / (walk + 1));
  const handler = function (this: Reader, type: string): RootHandler {
    return stopping((Object.getPrototypeOf(this) as Reader).handler.call(this, type), limit);
  };
  const read = (await new BpmnModdle(NO_DIAGRAM).fromXML(xml, { handler })) as Definitions;
  return { ...read, warnings: read.warnings.filter(({ message }) => !message.includes("unknown type <bpmndi:")) };
}

/** A handler whose context, which the reader gives it, takes no more than so many warnings. */
function stopping(handler: RootHandler, limit: number): RootHandler {
  let context: ReaderContext | undefined;
  return Object.defineProperty(handler, "context", {
    get: () => context,
    set(given: ReaderContext) {
      context = given;
      const warnings: Warning[] = [];
      const add = given.addWarning.bind(given);
      given.addWarning = (warning) => {
        add(warning);
        if (!warning.message.startsWith("unparsable content")) return;
        warnings.push(warning);
        if (warnings.length > limit) throw new TooMuchSkipped(warnings);
      };
    },
  });
}
