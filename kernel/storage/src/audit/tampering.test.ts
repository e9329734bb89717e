import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import type { Database } from "../database/database.js";
import { note, TamperedChain, wuhu } from "../testing/audit-chain.js";
import { eachDatabase } from "../testing/each.js";
import { openAnchorKey, signAnchor, type Anchor } from "./anchor.js";
import { linkAll } from "./link.js";
import { AUDIT_ENTRY } from "./tables.js";

/** Nine entries, anchored at 3, 6 and 9. */
async function anchored(t: ExecutionContext, database: Database): Promise<TamperedChain> {
  const chain = await TamperedChain.open(t, database);
  for (let round = 0; round < 3; round += 1) {
    await chain.grow(3);
    await chain.anchoring.anchor();
  }
  t.deepEqual(await chain.found(), []);
  t.like(await chain.verify(), { entries: 9, waiting: 0, anchors: 3, head: { seq: 9 } });
  return chain;
}

// checklist: 27, 51
eachDatabase("an edit of any column of an entry is found at its place", async (t, { database }) => {
  const chain = await anchored(t, database);
  const restore = await chain.saved();
  for (const [column, { type }] of Object.entries(AUDIT_ENTRY.columns)) {
    const value = { serial: 99, integer: 99, instant: "2005-01-01T00:00:00.000Z", json: { forged: true } }[
      String(type)
    ];
    const forged = value ?? (column === "bureau" ? "nanling" : "x");
    await database.transaction((tx) => tx.update("audit_entry", { bureau: "wuhu", seq: 4 }, { [column]: forged }));
    const kind = { seq: "swapped", bureau: "deleted" }[column] ?? "edited";
    t.deepEqual(await chain.found(), [`${kind} 4`], column);
    await restore();
  }
  for (const column of ["before_value", "after_value"]) {
    await chain.set(4, { [column]: null });
    t.deepEqual(await chain.found(), ["edited 4"], `${column} taken away`);
    await restore();
  }
  t.deepEqual(await chain.found(), []);
});

eachDatabase("removed entries are found, also when those behind move up", async (t, { database }) => {
  const chain = await anchored(t, database);
  const restore = await chain.saved();
  await chain.remove(4, 5);
  t.deepEqual(await chain.found(), ["deleted 4"]);
  await chain.set(6, { seq: 4 });
  await chain.set(7, { seq: 5 });
  t.deepEqual(await chain.found(), ["deleted 4"]);
  await restore();
  await chain.remove(1);
  t.deepEqual(await chain.found(), ["deleted 1"]);
  await chain.remove(2, 9);
  t.deepEqual(await chain.found(), ["cut-tail 1"]);
  await database.transaction((tx) => tx.remove("audit_chain", { bureau: "wuhu" }));
  t.deepEqual(await chain.found(), ["cut-tail 1"], "the anchors remember a chain of which nothing is left");
});

eachDatabase("exchanged entries are found, whether they change places or what they say", async (t, { database }) => {
  const chain = await anchored(t, database);
  const restore = await chain.saved();
  await chain.set(2, { seq: 99 });
  await chain.set(5, { seq: 2 });
  await chain.set(99, { seq: 5 });
  t.like((await chain.verify()).problems, [{ kind: "swapped", seq: 2, other: 5 }]);
  await restore();
  const [, second = {}, third = {}] = await chain.rows();
  const without = ({ id, seq, hash, previous_hash, ...said }: Record<string, unknown>): Record<string, unknown> => said;
  await chain.set(2, without(third));
  await chain.set(3, without(second));
  t.like((await chain.verify()).problems, [{ kind: "swapped", seq: 2, other: 3 }]);
});

// checklist: 27
eachDatabase("a cut tail is found, also when the head is set back to fit", async (t, { database }) => {
  const chain = await anchored(t, database);
  const restore = await chain.saved();
  await chain.remove(8, 9);
  t.deepEqual(await chain.found(), ["cut-tail 8"]);
  await chain.setHead(7, (await chain.rows()).at(-1)?.["hash"]);
  t.deepEqual(await chain.found(), ["cut-tail 8"]);
  await restore();
  await chain.setHead(6, (await chain.rows())[5]?.["hash"]);
  t.deepEqual(await chain.found(), ["old-head 6"]);
  await restore();
  await chain.setHead(9, "0".repeat(64));
  t.deepEqual(await chain.found(), ["old-head 9"]);
});

// checklist: 27
eachDatabase("a chain that was rewritten with hashes that fit differs from its anchors", async (t, { database }) => {
  const chain = await anchored(t, database);
  const restore = await chain.saved();
  await chain.set(5, { actor_name: "别人" });
  await chain.relink();
  t.like((await chain.verify()).problems, [{ kind: "rewritten", seq: 4, anchor: 2 }]);
  await t.notThrowsAsync(chain.anchoring.anchor());
  t.is((await readFile(chain.file, "utf8")).trim().split("\n").length, 3, "and is not signed again");
  await restore();
  await chain.set(1, { after_value: null });
  await chain.relink();
  t.like((await chain.verify()).problems, [{ kind: "rewritten", seq: 1, anchor: 1 }]);
  await restore();
  await chain.remove(9);
  await chain.grow(3);
  await chain.relink();
  t.like(
    (await chain.verify()).problems,
    [{ kind: "rewritten", seq: 7, anchor: 3 }],
    "cut, grown again and linked anew",
  );
});

eachDatabase("anchors that were forged, dropped or signed with another key are named", async (t, { database }) => {
  const chain = await anchored(t, database);
  const whole = await readFile(chain.file, "utf8");
  const anchors = whole
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Anchor);
  const write = (changed: unknown[]): Promise<void> =>
    writeFile(chain.file, changed.map((anchor) => `${JSON.stringify(anchor)}\n`).join(""));
  const [first, second, third] = anchors as [Anchor, Anchor, Anchor];
  for (const [column, value] of Object.entries({
    at: "2005-01-01T00:00:00.000Z",
    seq: 5,
    hash: "0".repeat(64),
    signature: "AAAA",
  })) {
    await write([first, { ...second, [column]: value }, third]);
    t.deepEqual(await chain.found(), ["forged-anchor #2"], column);
    await write([first, second, { ...third, [column]: value }]);
    t.deepEqual(await chain.found(), ["forged-anchor #3"], column);
  }
  await write([first, third]);
  t.deepEqual(await chain.found(), ["missing-anchor #2"]);
  await write([first, second]);
  t.deepEqual(await chain.found(), ["missing-anchor #3"]);
  await write([]);
  t.deepEqual(await chain.found(), ["missing-anchor #1"]);
  const other = await openAnchorKey(join(dirname(chain.file), "other.pem"));
  const resigned = signAnchor(other, second, first);
  await write([first, resigned, signAnchor(other, third, resigned)]);
  t.deepEqual(await chain.found(), ["key-mismatch #2"]);
  const imitated = { ...resigned, signer: chain.key.id };
  for (const changed of [
    [first, imitated],
    [first, imitated, third],
  ]) {
    await write(changed);
    t.deepEqual(await chain.found(), ["forged-anchor #2"], "a signature of another key in our key's name");
  }
  await writeFile(chain.file, whole);
  t.deepEqual(await chain.found(), []);
  t.deepEqual(await chain.found({ since: 5 }), []);
});

eachDatabase("who rewrites a chain and takes its anchors away is not helped by a restart", async (t, { database }) => {
  const chain = await anchored(t, database);
  await chain.set(5, { after_value: { forged: true } });
  await chain.relink();
  await rm(chain.file);
  const anchoring = await chain.restartedAnchoring();
  await anchoring.anchor();
  await anchoring.stop();
  t.deepEqual(await chain.found(), ["missing-anchor #1"], "nothing was signed in their place");
  t.like(await database.findOne("audit_anchor", { bureau: "wuhu" }), { number: 3 });
});

eachDatabase(
  "heads are anchored by themselves, and entries that nobody anchors for long are told",
  async (t, { database }) => {
    const chain = await anchored(t, database);
    const at = new Date(Date.now() - 11 * 60_000).toISOString();
    await note(database, { ...wuhu, action: "old", at });
    await linkAll(database);
    t.deepEqual(await chain.found(), ["unanchored 10"]);
    const anchoring = await chain.restartedAnchoring(50);
    for (const end = Date.now() + 10_000; Date.now() < end && (await chain.found()).length > 0;) await sleep(50);
    await anchoring.stop();
    t.deepEqual(await chain.found(), [], "the timer has anchored it");
    await chain.grow(1);
    t.deepEqual(await chain.found(), [], "one of this minute waits for the next");
  },
);
