import type { HistoryEntry } from "@jinshui/contracts";
import type { EngineEvent, InstanceState } from "@jinshui/engine";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import type { Row } from "@jinshui/storage";
import type { TestDatabase } from "@jinshui/storage/testing";
import type { ArchiveContent } from "../archiving/archive-content.js";
import { contentHash } from "../archiving/archive-content.js";
import { SigningSite } from "../testing/signing-site.js";

/** Changes one row of a table by a function of it, tells what the checks say, and puts it back. */
async function tamper(
  db: TestDatabase,
  table: string,
  key: string,
  where: (row: Row) => boolean,
  change: (row: Row) => Row,
  look: () => Promise<unknown>,
): Promise<unknown> {
  const row = (await db.database.find(table)).find(where);
  if (!row) throw new Error(`no such row of ${table}`);
  const changed = change(structuredClone(row));
  const at = {
    [key]: row[key] as string,
    ...("seq" in row && table === "wf_event" ? { seq: row["seq"] as number } : {}),
  };
  const put = (values: Row): Promise<unknown> => db.database.transaction((tx) => tx.update(table, at, values));
  await put(changed);
  const seen = await look();
  await put(Object.fromEntries(Object.keys(changed).map((name) => [name, row[name]])));
  return seen;
}

// checklist: 51
eachDatabase("whatever is changed of a signed step in the database shows", async (t, db) => {
  const signing = await SigningSite.open(db);
  const { site } = signing;
  await signing.giveKey("wanggang", "sm2");
  await signing.giveKey("zhaomin");
  const id = await site.start({ reason: "新到岗" }, "signed");
  await signing.sign("wanggang", "approve");
  const look = (): Promise<string[]> => signing.faults(id);
  t.deepEqual(await look(), ["valid"]);
  const entryOf = (row: Row): HistoryEntry => row["entry"] as HistoryEntry;
  const isStep = (row: Row): boolean => entryOf(row).type === "task-completed";
  const entry = (fields: Partial<HistoryEntry>) => (row: Row) => ({ entry: { ...entryOf(row), ...fields } });
  const history = (fields: Partial<HistoryEntry>): Promise<unknown> =>
    tamper(db, "wf_history", "id", isStep, entry(fields), look);
  t.deepEqual(await history({ opinion: "不同意" }), ["opinion"]);
  t.deepEqual(await history({ action: "return" }), ["step"]);
  t.deepEqual(await history({ by: { id: "x", name: "别人" } }), ["step"]);
  t.deepEqual(await history({ onBehalfOf: { id: "x", name: "别人" } }), ["step"]);
  t.deepEqual(await history({ at: "2026-01-01T00:00:00.000Z" }), ["step"]);
  t.deepEqual(await history({ type: "task-claimed" }), ["step"]);

  const state = (row: Row): InstanceState => row["state"] as InstanceState;
  const always = (): boolean => true;
  t.deepEqual(
    await tamper(
      db,
      "wf_instance",
      "id",
      always,
      (row) => ({ state: { ...state(row), variables: { ...state(row).variables, reason: "别的" } } }),
      look,
    ),
    ["form"],
    "the form as it stands",
  );
  t.deepEqual(await tamper(db, "wf_instance", "id", always, () => ({ number: "WH-1" }), look), ["step"]);
  const isStart = (row: Row): boolean => row["seq"] === 1;
  const forged = (row: Row): Row => ({
    events: (row["events"] as EngineEvent[]).map((event) =>
      "variables" in event && event.variables ? { ...event, variables: { ...event.variables, reason: "别的" } } : event,
    ),
  });
  t.deepEqual(await tamper(db, "wf_event", "instance", isStart, forged, look), ["form"], "the facts it comes from");

  const both = async (): Promise<unknown> => tamper(db, "wf_event", "instance", isStart, forged, look);
  const otherState = (row: Row): Row => ({
    state: { ...state(row), variables: { ...state(row).variables, reason: "别的" } },
  });
  t.deepEqual(await tamper(db, "wf_instance", "id", always, otherState, both), ["form"], "both alike");

  const signature = (change: (row: Row) => Row): Promise<unknown> =>
    tamper(db, "wf_signature", "task", always, change, look);
  const flipped = (row: Row): Row => {
    const bytes = Buffer.from(String(row["signature"]), "base64");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    return { signature: bytes.toString("base64") };
  };
  t.deepEqual(await signature(flipped), ["signature"]);
  t.deepEqual(await signature(() => ({ signature: "" })), ["signature"]);
  t.deepEqual(await signature((row) => ({ content: String(row["content"]).replace("同意", "不同意") })), ["signature"]);
  t.deepEqual(await signature(() => ({ content: "{" })), ["expired"], "no time to speak of");
  t.deepEqual(await signature(() => ({ mechanism: "CKM_EDDSA" })), ["signature"]);
  t.deepEqual(await signature(() => ({ certificate: "AAAA" })), ["certificate"]);
  const theirs = (await db.database.find("signing_certificate")).find(({ algorithm }) => algorithm === "ed25519");
  t.deepEqual(
    await signature(() => ({ certificate: theirs?.["certificate"] })),
    ["signature"],
    "another's certificate",
  );
  t.deepEqual(await look(), ["valid"], "and all is well again");
  await db.database.transaction((tx) => tx.remove("wf_signature", {}));
  t.deepEqual(await look(), ["missing"]);
});

eachDatabase("an archive that was changed and sealed anew is found out by its signatures", async (t, db) => {
  const signing = await SigningSite.open(db);
  const { site } = signing;
  await signing.giveKey("wanggang");
  await signing.giveKey("zhaomin", "sm2");
  await site.start({ reason: "新到岗" }, "signed");
  await signing.sign("wanggang", "approve");
  await signing.sign("zhaomin", "handover", { values: { item: { id: "i1", title: "台式机" } } });
  await site.handlers.completeJob({ job: (await site.job()).id, variables: {} }, site.plugin);
  const [archived] = (await site.handlers.archives({}, await site.as("lixia"))).archives;
  const look = async (): Promise<unknown> => {
    const { intact, signatures } = await site.handlers.archive({ id: archived?.id ?? "" }, await site.as("lixia"));
    return [intact, ...signatures.map(({ fault = "valid" }) => fault)];
  };
  t.deepEqual(await look(), [true, "valid", "valid"]);
  const change = (work: (content: ArchiveContent) => ArchiveContent, sealed = true): Promise<unknown> =>
    tamper(
      db,
      "wf_archive",
      "id",
      () => true,
      (row) => {
        const content = work(row["content"] as ArchiveContent);
        return { content, ...(sealed ? { sha256: contentHash(content) } : {}) };
      },
      look,
    );
  const otherReason = (content: ArchiveContent): ArchiveContent => ({
    ...content,
    variables: { ...content.variables, reason: "别的" },
  });
  t.deepEqual(await change(otherReason, false), [false, "archive", "archive"]);
  t.deepEqual(await change(otherReason), [true, "archive", "archive"]);
  t.deepEqual(
    await change((content) => ({
      ...content,
      history: content.history.map((entry) =>
        entry.element === "chief" && entry.opinion !== undefined ? { ...entry, opinion: "不同意" } : entry,
      ),
    })),
    [true, "archive", "valid"],
  );
  t.deepEqual(await change((content) => ({ ...content, signatures: [] })), [true, "archive", "archive"]);
});
