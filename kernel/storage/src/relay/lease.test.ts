import { isJinshuiError } from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import { eachDatabase } from "../testing/each.js";
import { Lease } from "./lease.js";

const until = async (lease: Lease): Promise<string> =>
  String((await lease.database.findOne("lease", { name: lease.name }))?.["lease_until"]);

eachDatabase("one process has a lease until it ends; who holds it next has a higher fence", async (t, { database }) => {
  const [one, two] = [new Lease(database, "work", "one", 300), new Lease(database, "work", "two", 60_000)];
  t.true(await one.hold());
  while (!(await two.hold())) await sleep(20);
  t.is(two.fence, one.fence + 1);
  t.false(await one.hold());
  const error = await t.throwsAsync(database.transaction((tx) => one.guard(tx)));
  t.true(isJinshuiError(error) && error.code === "conflict");
  await t.notThrowsAsync(database.transaction((tx) => two.guard(tx)));
  await two.release();
  t.true(await one.hold());
});

eachDatabase(
  "leases that a process asks for are kept together, under the fences they have",
  async (t, { database }) => {
    const short = new Lease(database, "short", "one", 200);
    const long = new Lease(database, "long", "one", 60_000);
    const foreign = new Lease(database, "foreign", "two", 60_000);
    for (const lease of [long, short, foreign]) t.true(await lease.hold());
    const [mine, theirs] = [await until(long), await until(foreign)];
    await sleep(150);
    t.true(await short.hold());
    t.true((await until(long)) > mine);
    t.is(await until(foreign), theirs);
    t.is(long.fence, 1);
    await t.notThrowsAsync(database.transaction((tx) => long.guard(tx)));
  },
);

eachDatabase("who no longer asks for its lease loses it, though the process keeps others", async (t, { database }) => {
  const busy = new Lease(database, "busy", "one", 300);
  const stuck = new Lease(database, "stuck", "one", 300);
  const next = new Lease(database, "stuck", "two", 60_000);
  t.true(await stuck.hold());
  while (!(await next.hold())) {
    t.true(await busy.hold());
    await sleep(20);
  }
  await t.throwsAsync(database.transaction((tx) => stuck.guard(tx)));
});

eachDatabase("what is given up is not kept with the others", async (t, { database }) => {
  const kept = new Lease(database, "kept", "one", 200);
  const given = new Lease(database, "given", "one", 200);
  const next = new Lease(database, "given", "two", 60_000);
  t.true((await given.hold()) && (await kept.hold()));
  await given.release();
  await sleep(120);
  t.true(await kept.hold());
  t.true(await next.hold());
});
