import test from "ava";
import fc from "fast-check";
import { Driver, flow, model } from "../testing.js";
import { apply } from "./change.js";
import type { InstanceState } from "./state.js";

/** Block-structured content: tasks in sequence, branches, loops with an exit, sub-processes. */
type Block =
  | { kind: "task" }
  | { kind: "job" }
  | { kind: "sequence" | "parallel" | "inclusive" | "exclusive"; parts: Block[] }
  | { kind: "sub"; part: Block };

const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Block>({ kind: "task" }, { kind: "job" }),
    fc.record({
      kind: fc.constantFrom("sequence" as const, "parallel" as const, "inclusive" as const, "exclusive" as const),
      parts: fc.array(tie("block"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("sub" as const), part: tie("block") }),
  ),
}));

class Writer {
  xml = "";
  #next = 0;

  id(): string {
    return `n${(this.#next += 1)}`;
  }

  /** Writes a block and returns its first and last element. */
  write(part: Block): [string, string] {
    const id = this.id();
    if (part.kind === "task") return this.#plain(id, "userTask");
    if (part.kind === "job") return this.#plain(id, "serviceTask");
    if (part.kind === "sub") {
      const outer = this.xml;
      this.xml = "";
      const [first, last] = this.write(part.part);
      const inner = `<startEvent id="${id}s"/>${this.xml}<endEvent id="${id}e"/>${flow(`${id}s`, first)}${flow(last, `${id}e`)}`;
      this.xml = `${outer}<subProcess id="${id}">${inner}</subProcess>`;
      return [id, id];
    }
    if (part.kind === "sequence") {
      const ends = part.parts.map((child) => this.write(child));
      ends.slice(1).forEach(([first], index) => (this.xml += flow(ends[index]?.[1] ?? "", first)));
      return [ends[0]?.[0] ?? "", ends.at(-1)?.[1] ?? ""];
    }
    const type = `${part.kind}Gateway`;
    this.xml += `<${type} id="${id}"${part.kind === "parallel" ? "" : ` default="${id}d"`}/><${type} id="${id}j"/>`;
    part.parts.forEach((child, index) => {
      const [first, last] = this.write(child);
      this.xml += flow(id, first, part.kind === "parallel" ? undefined : `choice > ${index}`) + flow(last, `${id}j`);
    });
    if (part.kind !== "parallel") this.xml += flow(id, `${id}j`, undefined, `${id}d`);
    return [id, `${id}j`];
  }

  #plain(id: string, type: string): [string, string] {
    this.xml += `<${type} id="${id}"/>`;
    return [id, id];
  }
}

test("every block-structured process comes to its end, and replaying its events gives its state byte for byte", async (t) => {
  await fc.assert(
    fc.asyncProperty(block, fc.integer({ min: 0, max: 4 }), async (content, choice) => {
      const writer = new Writer();
      const [first, last] = writer.write(content);
      const run = new Driver(
        await model(`<startEvent id="s"/>${writer.xml}<endEvent id="e"/>${flow("s", first)}${flow(last, "e")}`),
      ).start({ choice });
      run.finish(1_000);
      t.is(run.state?.status, "completed");
      let state: InstanceState | undefined;
      for (const decision of run.decisions) {
        for (const event of decision.events) state = apply(state, event);
        t.is(JSON.stringify(state), JSON.stringify(decision.state));
      }
    }),
    { numRuns: 150 },
  );
});
