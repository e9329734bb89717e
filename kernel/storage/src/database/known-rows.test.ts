import { canonicalJson } from "@jinshui/contracts";
import fc from "fast-check";
import { eachDatabase } from "../testing/each.js";
import type { Row, TableDefinition } from "./table.js";
import type { Transaction } from "./transaction.js";

const TASK: TableDefinition = {
  name: "known_task",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    matter: { type: "id", nullable: false },
    state: { type: "string", length: 10 },
    done: { type: "boolean" },
    count: { type: "integer" },
    more: { type: "json" },
  },
};
const SEAT: TableDefinition = {
  name: "known_seat",
  primaryKey: ["person", "task"],
  columns: { person: { type: "id" }, task: { type: "id" }, visible: { type: "boolean" } },
};

const ids = fc.constantFrom("a", "b", "c", "d", "e");
const matters = fc.constantFrom("m", "n", "o");
const states = fc.option(fc.constantFrom("open", "done", "金"), { nil: null });
const values = fc.record(
  {
    state: states,
    done: fc.option(fc.boolean(), { nil: null }),
    count: fc.integer({ min: -1, max: 2 }),
    more: fc.option(fc.constantFrom({ x: 1 }, ["y"], {}), { nil: null }),
  },
  { requiredKeys: [] },
);
/** Mostly conditions that what was read ahead answers: after others nothing is known any more. */
const taskWhere = fc.oneof(
  { weight: 8, arbitrary: fc.record({ id: fc.constantFrom("a", "c", "d") }) },
  { weight: 4, arbitrary: fc.record({ id: ids, matter: matters }) },
  { weight: 4, arbitrary: fc.record({ matter: fc.constantFrom("m", "o"), state: states }) },
  { weight: 2, arbitrary: fc.record({ matter: matters, state: fc.record({ ne: states }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      id: fc.record({ in: fc.array(ids, { minLength: 1, maxLength: 3 }) }),
      done: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ matter: matters, count: fc.record({ gte: fc.constant(0) }) }) },
);
const seatWhere = fc.oneof(
  { weight: 6, arbitrary: fc.record({ task: fc.constantFrom("a", "b") }) },
  { weight: 4, arbitrary: fc.record({ task: fc.constantFrom("a", "b"), person: fc.constantFrom("p", "q") }) },
  { weight: 1, arbitrary: fc.record({ person: fc.constantFrom("p", "q"), visible: fc.boolean() }) },
);
const table = fc.oneof(
  fc.record({ name: fc.constant("known_task"), where: taskWhere, values, order: fc.constantFrom("count", "-state") }),
  fc.record({
    name: fc.constant("known_seat"),
    where: seatWhere,
    values: fc.record({ visible: fc.boolean() }),
    order: fc.constantFrom("visible", "-visible"),
  }),
);
type Step = (tx: Transaction) => Promise<unknown>;
const KEYS: Record<string, string[]> = { known_task: ["id"], known_seat: ["person", "task"] };

/** Told in words, so that a failing case can be read. */
interface Move {
  words: string;
  step: Step;
}
const move = fc.oneof(
  table.map(({ name, where, order }): Move => ({
    words: `find ${name} ${JSON.stringify(where)} by ${order}`,
    step: (tx) => tx.find(name, { where: where, orderBy: [order, ...(KEYS[name] ?? [])] }),
  })),
  table.map(({ name, where }): Move => ({
    words: `count ${name} ${JSON.stringify(where)}`,
    step: (tx) => tx.count(name, where),
  })),
  table.map(({ name, where, values: given }): Move => ({
    words: `update ${name} ${JSON.stringify(where)} ${JSON.stringify(given)}`,
    step: async (tx) => {
      // how many were changed MariaDB tells, SQLite how many were found: of these only none is told
      await tx.update(name, where, given);
    },
  })),
  table.map(({ name, where }): Move => ({
    words: `remove ${name} ${JSON.stringify(where)}`,
    step: (tx) => tx.remove(name, where),
  })),
  fc.record({ id: ids, matter: matters, values }).map(({ id, matter, values: given }): Move => ({
    words: `insert known_task ${id}/${matter} ${JSON.stringify(given)}`,
    step: async (tx) => {
      if ((await tx.count("known_task", { id })) === 0) await tx.insert("known_task", { id, matter, ...given });
    },
  })),
  fc.record({ person: fc.constantFrom("p", "q"), task: ids }).map((seat): Move => ({
    words: `insert known_seat ${JSON.stringify(seat)}`,
    step: async (tx) => {
      if ((await tx.count("known_seat", seat)) === 0) await tx.insert("known_seat", { ...seat, visible: true });
    },
  })),
  ids.map((id): Move => ({
    words: `lock known_task ${id}`,
    step: (tx) => tx.findOneForUpdate("known_task", { id }),
  })),
);

const TASKS: Row[] = [
  { id: "a", matter: "m", state: "open", done: false, count: 1, more: { x: 0 } },
  { id: "b", matter: "m", state: "done", done: true },
  { id: "c", matter: "n", count: 2 },
];
const SEATS: Row[] = [
  { person: "p", task: "a", visible: true },
  { person: "q", task: "a", visible: false },
  { person: "p", task: "c", visible: true },
];

async function readAhead(tx: Transaction): Promise<void> {
  await tx.readAhead("known_task", "id", ["a", "c", "d"], "UPDATE");
  await tx.readAhead("known_task", "matter", ["m", "o"]);
  await tx.readAhead("known_seat", "task", ["a", "b"]);
}

eachDatabase(
  "whatever a batch does with rows that were read ahead, it sees and leaves what it would without",
  async (t, { database }) => {
    await database.ensureTables([TASK, SEAT]);
    const outcome = async (moves: readonly Move[], ahead: boolean): Promise<unknown> => {
      await database.transaction(async (tx) => {
        await tx.remove("known_task", {});
        await tx.remove("known_seat", {});
        await tx.insert("known_task", TASKS);
        await tx.insert("known_seat", SEATS);
      });
      const seen: unknown[] = [];
      await database.transaction(
        async (tx) => {
          if (ahead) await readAhead(tx);
          for (const { step } of moves) seen.push((await step(tx)) ?? null);
        },
        { gathered: ahead },
      );
      const left = await database.find("known_task", { orderBy: ["id"] });
      return { seen, left, seats: await database.find("known_seat", { orderBy: ["person", "task"] }) };
    };
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 20, size: "max" }), async (moves) => {
        const [plain, known] = [await outcome(moves, false), await outcome(moves, true)];
        compared += 1;
        if (canonicalJson(plain) !== canonicalJson(known))
          throw new Error(
            `${moves.map(({ words }) => words).join("\n")}\nwithout: ${JSON.stringify(plain)}\nwith: ${JSON.stringify(known)}`,
          );
      }),
      { numRuns: database.dialect === "sqlite" ? 400 : 120 },
    );
    t.true(compared >= 100);
  },
);

eachDatabase(
  "work in one batch is read ahead once, and a batch that fails there is done one by one",
  async (t, { database }) => {
    await database.ensureTables([TASK, SEAT]);
    await database.transaction((tx) =>
      tx.insert(
        "known_task",
        Array.from({ length: 20 }, (_, n) => ({ id: `t${n}`, matter: `m${n}`, count: 0 })),
      ),
    );
    const asked: string[][] = [];
    let fails = false;
    const read = async (tx: Transaction, keys: readonly string[]): Promise<void> => {
      asked.push([...keys]);
      if (fails) throw new Error("lost");
      await tx.readAhead("known_task", "id", keys, "UPDATE");
    };
    const round = (): Promise<unknown> =>
      Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          database.transaction(
            async (tx) => {
              const row = await tx.findOneForUpdate("known_task", { id: `t${n}` });
              await tx.update("known_task", { id: `t${n}` }, { count: Number(row?.["count"]) + 1 });
            },
            { batched: { read, key: `t${n}` } },
          ),
        ),
      );
    await round();
    t.true(asked.length < 10, `${asked.length} times`);
    t.is(new Set(asked.flat()).size, asked.flat().length, "each once");
    fails = true;
    await round();
    t.deepEqual(
      (await database.find("known_task", { orderBy: ["id"] })).map(({ count }) => count),
      Array.from({ length: 20 }, () => 2),
    );
  },
);
