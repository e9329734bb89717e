import { silent } from "@jinshui/bus";
import { eachDatabase } from "../testing/each.js";
import { matches } from "./consumers.js";
import { Retention } from "./retention.js";
import test from "ava";

const DAY_MS = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

eachDatabase(
  "outbox rows go after a week when every registered inbox has them; inbox rows outlive them",
  async (t, { database }) => {
    await database.transaction(async (tx) => {
      for (const [id, days, name] of [
        ["old-seen", 8, "made"],
        ["old-unseen", 8, "made"],
        ["old-for-nobody", 8, "other"],
        ["young", 6, "made"],
      ] as const)
        await tx.insert("outbox", {
          event_id: id,
          bureau: "wuhu",
          aggregate: id,
          agg_seq: 1,
          subject: `jinshui.event.wuhu.test.${name}`,
          body: {},
          created_at: ago(days),
          published_at: ago(days),
        });
      await tx.insert("consumer", {
        stream: "EVENTS",
        name: "reader",
        filter_subject: "jinshui.event.*.test.made",
        has_inbox: true,
        registered_at: ago(30),
      });
      for (const [id, days] of [
        ["old-seen", 8],
        ["gone-27", 27],
        ["gone-29", 29],
        ["old-unseen", 29],
      ] as const)
        await tx.insert("inbox", {
          consumer: id === "old-unseen" ? "another" : "reader",
          message_id: id,
          at: ago(days),
        });
      await tx.insert("idempotency", { caller: "a", request_key: "k", request_hash: "h", created_at: ago(29) });
    });
    const retention = new Retention(database, silent, "one");
    t.deepEqual(await retention.clear(), { outbox: 2, inbox: 1, kept: 1 });
    t.deepEqual(
      (await database.find("outbox", { orderBy: ["event_id"] })).map((row) => row["event_id"]),
      ["old-unseen", "young"],
    );
    t.deepEqual(
      (await database.find("inbox", { orderBy: ["message_id"] })).map((row) => row["message_id"]),
      ["gone-27", "old-seen", "old-unseen"],
    );
    t.is(await database.count("idempotency"), 0);
    await retention.stop();
  },
);

test("filters are read as the server reads them", (t) => {
  t.true(matches("jinshui.event.>", "jinshui.event.wuhu.a.b"));
  t.true(matches("jinshui.*.wuhu.a.b", "jinshui.event.wuhu.a.b"));
  t.false(matches("jinshui.event.>", "jinshui.event"));
  t.false(matches("jinshui.event.*", "jinshui.event.wuhu.a"));
  t.false(matches("jinshui.event.wuhu.a.b", "jinshui.event.wuhu.a"));
});
