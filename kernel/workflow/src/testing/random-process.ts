import fc from "fast-check";
import { bpmn, flow } from "./processes.js";

/** A process made of blocks: whatever splits meets again. */
export type Block =
  | { kind: "task"; attributes: string; loops: boolean }
  | { kind: "job" | "timer" | "call" | "message" }
  | { kind: "line"; parts: Block[] }
  | { kind: "beside" | "either" | "some" | "inside"; parts: Block[] };

const ATTRIBUTES = [
  'jinshui:position="clerk"',
  'jinshui:position="section-chief" jinshui:within="department"',
  'jinshui:position="equipment"',
  'jinshui:position="director" jinshui:sendBack="previous"',
  'jinshui:assign="applicant"',
  'jinshui:position="clerk" jinshui:officers="2"',
  'jinshui:signers="section-chief equipment director" jinshui:sign="all"',
  'jinshui:signers="section-chief equipment director" jinshui:sign="sequence"',
  'jinshui:signers="clerk* equipment" jinshui:sign="ratio" jinshui:ratio="0.6"',
  'jinshui:signers="section-chief director" jinshui:sign="any"',
  'jinshui:signers="section-chief clerk" jinshui:sign="veto"',
];

const task: fc.Arbitrary<Block> = fc.record({
  kind: fc.constant("task" as const),
  attributes: fc.constantFrom(...ATTRIBUTES),
  loops: fc.boolean(),
});
const nested = (leaf: fc.Arbitrary<Block>): fc.Arbitrary<Block> =>
  fc.letrec<{ block: Block }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 3, depthSize: "small", withCrossShrink: true },
      leaf,
      fc.record({ kind: fc.constant("line" as const), parts: fc.array(tie("block"), { minLength: 2, maxLength: 3 }) }),
      fc.record({
        kind: fc.constantFrom(
          "beside" as const,
          "beside" as const,
          "either" as const,
          "some" as const,
          "inside" as const,
        ),
        parts: fc.array(tie("block"), { minLength: 2, maxLength: 3 }),
      }),
    ),
  })).block;

/** Always begins with a task, so that there is somewhere to go back to. */
const begun = (then: fc.Arbitrary<Block>): fc.Arbitrary<Block> =>
  fc.tuple(task, then).map(([first, next]): Block => ({ kind: "line", parts: [first, next] }));

/** Processes in which only people act. */
export const blocks: fc.Arbitrary<Block> = begun(nested(task));

/** Processes in which plugins, clocks and other matters act too. */
export const busyBlocks: fc.Arbitrary<Block> = begun(
  nested(
    fc.oneof(
      { weight: 3, arbitrary: task },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constantFrom("job" as const, "job" as const, "timer" as const, "call" as const, "message" as const),
        }),
      },
    ),
  ),
);

/** What a drawn process needs besides its block. */
export interface Drawing {
  /** Attributes of the process besides its name. */
  attributes?: string;
  /** Attributes of its start. */
  start?: string;
}

/** A block as BPMN. Its jobs are `effect`, what it calls is the process `called`, its messages are `chaos.go` by the matter's number. */
export function drawn(id: string, block: Block, drawing: Drawing = {}): string {
  const { attributes = 'jinshui:repeat="skip"', start = "" } = drawing;
  const writer = new Writer();
  const { entry, exit } = writer.write(block);
  return bpmn(
    id,
    `<startEvent id="s" ${start}/><endEvent id="e"/>${writer.text}${flow("s", entry)}${flow(exit, "e")}`,
    `name="${id}" ${attributes}`,
  ).replace("<process ", '<message id="go" name="chaos.go"/><process ');
}

const ONE_SECOND = "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>";
const GO = '<messageEventDefinition messageRef="go"/>';

class Writer {
  text = "";
  #count = 0;

  write(block: Block): { entry: string; exit: string } {
    switch (block.kind) {
      case "task":
        return this.#task(block);
      case "line": {
        const parts = block.parts.map((part) => this.write(part));
        for (const [index, part] of parts.slice(1).entries()) this.#flow(parts[index]?.exit ?? "", part.entry);
        return { entry: parts[0]?.entry ?? "", exit: parts.at(-1)?.exit ?? "" };
      }
      case "inside": {
        const id = this.#id("sub");
        const inner = new Writer();
        inner.#count = this.#count + 100;
        const { entry, exit } = inner.write({ kind: "line", parts: block.parts });
        this.#count = inner.#count;
        this.text += `<subProcess id="${id}"><startEvent id="${id}s"/><endEvent id="${id}e"/>${inner.text}${flow(`${id}s`, entry)}${flow(exit, `${id}e`)}</subProcess>`;
        return { entry: id, exit: id };
      }
      case "job":
        return this.#single((id) => `<serviceTask id="${id}" jinshui:job="effect"/>`);
      case "timer":
        return this.#single((id) => `<intermediateCatchEvent id="${id}">${ONE_SECOND}</intermediateCatchEvent>`);
      case "call":
        return this.#single((id) => `<callActivity id="${id}" calledElement="called"/>`);
      case "message": {
        const { entry } = this.#single(
          (id) => `<intermediateThrowEvent id="${id}" jinshui:correlationKey="number">${GO}</intermediateThrowEvent>`,
        );
        const { exit } = this.#single(
          (id) => `<intermediateCatchEvent id="${id}" jinshui:correlationKey="number">${GO}</intermediateCatchEvent>`,
        );
        this.#flow(entry, exit);
        return { entry, exit };
      }
      default:
        return this.#split(block.kind, block.parts);
    }
  }

  #single(element: (id: string) => string): { entry: string; exit: string } {
    const id = this.#id("w");
    this.text += element(id);
    return { entry: id, exit: id };
  }

  #task({ attributes, loops }: Extract<Block, { kind: "task" }>): { entry: string; exit: string } {
    const id = this.#id("t");
    this.text += `<userTask id="${id}" name="${id}" ${attributes} jinshui:actions="approve,return"/>`;
    if (!loops) return { entry: id, exit: id };
    const [before, after] = [this.#id("m"), this.#id("g")];
    this.text += `<exclusiveGateway id="${before}"/><exclusiveGateway id="${after}" default="${after}on"/>`;
    this.#flow(before, id);
    this.#flow(id, after);
    this.text += flow(after, before, `steps.${id}.action = "return"`);
    const on = this.#id("n");
    this.text += `<exclusiveGateway id="${on}"/>${flow(after, on, undefined, `${after}on`)}`;
    return { entry: before, exit: on };
  }

  #split(kind: "beside" | "either" | "some", parts: Block[]): { entry: string; exit: string } {
    const type = { beside: "parallelGateway", either: "exclusiveGateway", some: "inclusiveGateway" }[kind];
    const [split, join] = [this.#id("x"), this.#id("j")];
    const chosen = kind === "beside" ? "" : ` default="${split}on"`;
    this.text += `<${type} id="${split}"${chosen}/><${type} id="${join}"/>`;
    for (const [index, part] of parts.entries()) {
      const { entry, exit } = this.write(part);
      const condition = kind === "beside" || index === 0 ? undefined : index === 1 ? "true" : "false";
      this.text += flow(split, entry, condition, index === 0 && kind !== "beside" ? `${split}on` : undefined);
      this.#flow(exit, join);
    }
    return { entry: split, exit: join };
  }

  #flow(source: string, target: string): void {
    this.text += flow(source, target);
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }
}
