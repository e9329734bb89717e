import fc from "fast-check";
import type { Row } from "../database/table.js";
import { TamperedChain } from "../testing/audit-chain.js";
import { eachDatabase } from "../testing/each.js";
import { CONTENT, GENESIS } from "../audit-hash.js";

const LENGTH = 12;
const place = fc.integer({ min: 1, max: LENGTH });

/** Something that whoever owns the database may do to a chain. */
type Tampering = (chain: TamperedChain, rows: Row[]) => Promise<unknown>;

const edit = fc.tuple(
  place,
  fc.constantFrom(...CONTENT, "digest", "hash", "previous_hash"),
  fc.string({ maxLength: 8 }),
);
const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  edit.map(([seq, column, text]): Tampering => (chain) => {
    const value = column.endsWith("_value") ? { text } : `${text.replaceAll("\0", "")}x`;
    return chain.set(seq, { [column]: value });
  }),
  fc.tuple(place, fc.nat(LENGTH)).map(
    ([from, more]): Tampering =>
      async (chain) =>
        (await chain.remove(from, from + more)) > 0,
  ),
  fc.tuple(place, place).map(([a, b]): Tampering => async (chain) => {
    await chain.set(a, { seq: 99 });
    await chain.set(b, { seq: a });
    await chain.set(99, { seq: b });
  }),
  place.map(
    (seq): Tampering =>
      (chain, rows) =>
        chain.setHead(seq, rows[seq - 1]?.["hash"]),
  ),
  fc.integer({ min: 1, max: LENGTH - 1 }).map((shorter): Tampering => async (chain) => {
    await chain.remove(LENGTH + 1 - shorter, LENGTH);
    const left = await chain.rows();
    await chain.setHead(left.length, left.at(-1)?.["hash"] ?? GENESIS);
  }),
  fc.tuple(place, fc.string()).map(([seq, text]): Tampering => async (chain) => {
    await chain.set(seq, { after_value: { forged: text } });
    await chain.relink();
  }),
  place.map((seq): Tampering => async (chain) => {
    await chain.remove(seq);
    await chain.relink();
  }),
);

eachDatabase(
  "whatever is done to a chain and its head, it is found; a chain left alone is never accused",
  async (t, { database }) => {
    const chain = await TamperedChain.open(t, database);
    await chain.grow(LENGTH - 4);
    await chain.anchoring.anchor();
    await chain.grow(4);
    await chain.anchoring.anchor();
    const rows = await chain.rows();
    const untouched = await chain.state();
    const restore = await chain.saved();
    const found: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        fc.array(tampering, { minLength: 1, maxLength: 2 }),
        fc.option(place, { nil: 1 }),
        async (acts, since) => {
          t.deepEqual(await chain.found({ since }), [], "untouched");
          try {
            for (const act of acts) await act(chain, rows);
            const changed = (await chain.state()) !== untouched;
            const [problem] = (await chain.verify()).problems;
            found[problem?.kind ?? "none"] = (found[problem?.kind ?? "none"] ?? 0) + 1;
            return !changed || problem !== undefined;
          } finally {
            await restore();
          }
        },
      ),
      { numRuns: 120 },
    );
    t.log(found);
  },
);
