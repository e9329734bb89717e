import fc from "fast-check";
import { bpmn, flow } from "./processes.js";

/** A process made of blocks: whatever splits meets again. */
export type Block =
  | { kind: "task"; attributes: string; loops: boolean }
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
const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, depthSize: "small", withCrossShrink: true },
    task,
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
}));

/** Always begins with a task, so that there is somewhere to go back to. */
export const blocks: fc.Arbitrary<Block> = fc
  .tuple(task, block)
  .map(([first, then]): Block => ({ kind: "line", parts: [first, then] }));

/** A block as BPMN. */
export function drawn(id: string, block: Block): string {
  const writer = new Writer();
  const { entry, exit } = writer.write(block);
  return bpmn(
    id,
    `<startEvent id="s"/><endEvent id="e"/>${writer.text}${flow("s", entry)}${flow(exit, "e")}`,
    `name="${id}" jinshui:repeat="skip"`,
  );
}

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
      default:
        return this.#split(block.kind, block.parts);
    }
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
