import { isJinshuiError, securityApi } from "@jinshui/contracts";
import { type TestPerson, TestSite } from "@jinshui/testing";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";

/** Names of the events that an open page of somebody hears until it is asked for them. */
async function listen(person: TestPerson): Promise<() => Promise<string[]>> {
  const response = await person.send("GET", "/api/v1/events");
  let text = "";
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const reading = (async () => {
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return;
      text += chunk.value;
    }
  })().catch(() => undefined);
  return async () => {
    await reader?.cancel().catch(() => undefined);
    await reading;
    return [...text.matchAll(/^data: ?.*?"name":"([^"]+)"/gm)].map(([, name = ""]) => name);
  };
}

// checklist: 18, 32
test("an alarm is told within a minute to those who watch and nobody else, and stays one through a crash", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const guard = await site.signIn("qianli");
  const [watching, working] = [await listen(guard), await listen(await site.signIn("hanbo"))];
  const started = performance.now();
  for (let tries = 0; tries < 10; tries += 1) await t.throwsAsync(site.signIn(`nobody${tries}`, "wrong-password-0"));
  // at night whoever signs in for the first time is an alarm too
  const open = async (): Promise<string[]> =>
    (await guard.client(securityApi).alarms({ state: "open" })).alarms
      .map(({ rule }) => rule)
      .filter((rule) => rule !== "strange-sign-in");
  while ((await open()).length === 0 && performance.now() - started < 60_000) await sleep(200);
  t.deepEqual(await open(), ["many-failures"]);
  await sleep(1_500);
  const heard = await watching();
  t.true(heard.includes("security.alarm-raised"), heard.join());
  const others = await working();
  t.true(others.includes("hello"), "the page listened");
  t.deepEqual(
    others.filter((name) => name.startsWith("security.")),
    [],
  );
  const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));
  for (const username of ["sunjie", "hanbo"])
    t.is(
      await (
        await site.signIn(username)
      )
        .client(securityApi)
        .alarms({})
        .then(() => "ok", code),
      "forbidden",
      username,
    );

  await site.kill();
  await site.restart();
  await sleep(12_000);
  t.deepEqual(await open(), ["many-failures"]);
  const all = (await guard.client(securityApi).alarms({})).alarms.map(({ rule }) => rule);
  t.deepEqual(
    all.filter((rule) => rule !== "strange-sign-in"),
    ["many-failures"],
  );
});
