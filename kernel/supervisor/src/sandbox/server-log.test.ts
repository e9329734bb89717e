import test from "ava";
import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Refusal, refusalOf, ServerLog } from "./server-log.js";

const line = (text: string): string =>
  `[7] 2026/11/27 06:11:41.038241 [ERR] 127.0.0.1:54500 - cid:5 - "raw:evil" - ${text}`;
const violation = (subject: string): string => line(`Publish Violation - JWT User "UBN", Subject "${subject}"`);

test("lines of refusals are understood: on which connection, and what; all others are left alone", (t) => {
  t.deepEqual(refusalOf(violation("a.b")), { connection: 5, what: 'Publish Violation: Subject "a.b"' });
  t.deepEqual(refusalOf(line('Subscription Violation - JWT User "UBN", Subject ">", SID 1')), {
    connection: 5,
    what: 'Subscription Violation: Subject ">"',
  });
  t.deepEqual(refusalOf(line("maximum subscriptions exceeded")), {
    connection: 5,
    what: "maximum subscriptions exceeded",
  });
  t.is(refusalOf("[7] 2026/11/27 06:11:40.852540 [INF] Server is ready"), undefined);
  const named =
    '[7] 2026/11/27 06:11:41 [ERR] 127.0.0.1:5 - cid:5 - "raw:x\\" - [ERR] 1 - cid:6 - y" - authentication error';
  t.deepEqual(refusalOf(named), { connection: 5, what: "authentication error" }, "a client's name can't blame another");
});

test("a log is followed from its end on, over an exchange of the file, and a flood in it is passed over", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-log-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "server.log");
  await writeFile(file, `${violation("before")}\n`);
  const seen: Refusal[] = [];
  const log = new ServerLog(file, (refusal) => seen.push(refusal));
  await log.start();
  t.teardown(() => log.stop());
  const heard = async (subject: string): Promise<boolean> => {
    for (let tries = 0; tries < 60; tries += 1, await sleep(50))
      if (seen.some(({ what }) => what.includes(`"${subject}"`))) return true;
    return false;
  };
  await appendFile(file, violation("one"));
  await appendFile(file, `\n${violation("two")}\n`);
  t.true((await heard("one")) && (await heard("two")));
  t.false(seen.some(({ what }) => what.includes("before")));
  await rename(file, `${file}.1`);
  await writeFile(file, `${violation("three")}\n`);
  t.true(await heard("three"));
  await appendFile(file, `${violation("flood")}\n`.repeat(20_000));
  await sleep(1_200);
  await appendFile(file, `${violation("after")}\n`);
  t.true(await heard("after"));
  t.true(seen.length < 10_000);
});
