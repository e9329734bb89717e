import { type Delivery, Postponed, PutAside } from "@jinshui/bus";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { inOrder } from "./in-order.js";

const delivery = (aggregate: string, sequence: number): Delivery => ({
  subject: "jinshui.event.wuhu.demo.card-changed",
  attempt: 1,
  id: `${aggregate}-${sequence}`,
  aggregate,
  sequence,
  traceparent: "",
});

test("of messages about one thing the next begins when the one before is done; others go beside them", async (t) => {
  const seen: string[] = [];
  const handle = inOrder(async (_, { id, sequence = 0 }) => {
    seen.push(`begin ${id}`);
    await sleep(sequence === 1 ? 40 : 1);
    seen.push(`end ${id}`);
  });
  await Promise.all([handle({}, delivery("a", 1)), handle({}, delivery("a", 2)), handle({}, delivery("b", 2))]);
  t.deepEqual(
    seen.filter((line) => line.includes("a-")),
    ["begin a-1", "end a-1", "begin a-2", "end a-2"],
  );
  t.true(seen.indexOf("end b-2") < seen.indexOf("end a-1"));
});

test("what comes behind a failed message waits until that has succeeded or is put aside", async (t) => {
  const seen: string[] = [];
  let fail: Error | undefined = new Error("busy");
  const handle = inOrder((_, { id }) => {
    if (fail && id === "a-1") return Promise.reject(fail);
    seen.push(id);
    return Promise.resolve();
  });
  const first = handle({}, delivery("a", 1));
  const second = handle({}, delivery("a", 2));
  await t.throwsAsync(first, { message: "busy" });
  await t.throwsAsync(second, { instanceOf: Postponed });
  await handle({}, delivery("b", 1));
  fail = undefined;
  await handle({}, delivery("a", 1));
  await handle({}, delivery("a", 2));
  t.deepEqual(seen, ["b-1", "a-1", "a-2"]);
  fail = new PutAside("failed too often");
  await t.throwsAsync(handle({}, delivery("a", 1)), { instanceOf: PutAside });
  await handle({}, delivery("a", 3));
  t.deepEqual(seen, ["b-1", "a-1", "a-2", "a-3"]);
});
