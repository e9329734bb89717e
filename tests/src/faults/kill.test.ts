import { type JinshuiError, storageApi, supervisorApi, workflowApi } from "@jinshui/contracts";
import { type TestPerson, TestSite } from "@jinshui/testing";
import { startMariaDb } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";

/** Repeats a call under one key until it is answered, as a page does when the connection breaks. */
async function persistent<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const { status } = error as JinshuiError;
      if (tries > 600 || (status !== undefined && status < 500)) throw error;
      await sleep(100);
    }
  }
}

async function until<T>(read: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
    const found = await read().catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come about`);
}

/** The matter from start to archive; `strike` hits the site in the middle of each write. */
async function story(t: ExecutionContext, site: TestSite, strike: (moment: number) => Promise<void>): Promise<void> {
  const sign = (name: string): Promise<TestPerson> => persistent(() => site.signIn(name));
  const people = { clerk: await sign("chenxiao"), chief: await sign("wanggang"), equipment: await sign("zhaomin") };
  const item = await people.equipment.client(storageApi).insert({
    collection: "asset-tracking.equipment",
    values: { code: "WX-2005-00001", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" },
  });
  const { definitions } = await people.clerk.client(workflowApi).definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const during = async <T>(moment: number, call: (key: { idempotencyKey: string }) => Promise<T>): Promise<T> => {
    const key = { idempotencyKey: crypto.randomUUID() };
    const [answer] = await Promise.all([persistent(() => call(key)), strike(moment)]);
    return answer;
  };
  const todo = (person: TestPerson): Promise<{ id: string; version: number }> =>
    until(async () => (await person.client(workflowApi).tasks({ kind: "todo" })).tasks[0], "the task");

  const started = await during(0, (key) =>
    people.clerk
      .client(workflowApi)
      .start({ definition, values: { category: "desktop", reason: "换机", place: "大厅" } }, key),
  );
  const approval = await todo(people.chief);
  const approved = { id: approval.id, version: approval.version, action: "approve", values: {} };
  const { sha256, certificate } = await persistent(() => people.chief.client(workflowApi).prepareSignature(approved));
  const signature = { sha256, certificate: certificate.id };
  await during(1, (key) => people.chief.client(workflowApi).complete({ ...approved, signature }, key));
  const handover = await todo(people.equipment);
  await during(2, (key) =>
    people.equipment.client(workflowApi).complete(
      {
        id: handover.id,
        version: handover.version,
        action: "handover",
        values: { equipment: { id: item.id, title: "台式机" } },
      },
      key,
    ),
  );

  const detail = await until(async () => {
    const found = await people.clerk.client(workflowApi).instance({ id: started.id });
    return found.state === "completed" ? found : undefined;
  }, "the end of the matter");
  t.is(detail.tasks.length, 2, "no task twice");
  t.deepEqual(
    detail.signatures.map(({ valid, signer }) => [valid, signer?.name]),
    [[true, "王刚"]],
    "signed once, and it holds",
  );
  t.is(detail.history.filter(({ type }) => type === "job-completed").length, 1, "the job counted once");
  const mine = await people.clerk.client(workflowApi).instances({ mine: true });
  t.is(mine.total, 1, "no matter twice");
  t.is((await people.clerk.client(workflowApi).archives({})).total, 1, "archived once");
  const record = await people.equipment.client(storageApi).get({ collection: "asset-tracking.equipment", id: item.id });
  t.like(record.values, { status: "in-use", requisition: started.number });
  t.is(record.version, 2, "the register was written once");
}

const restarted = async (site: TestSite): Promise<void> => {
  await site.kill();
  await site.restart();
};

test("the kernel is killed in the middle of every step: nothing is lost, nothing is doubled [sqlite]", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  await story(t, site, async (moment) => {
    await sleep(moment * 6);
    await restarted(site);
  });
});

test("the kernel is killed in the middle of every step: nothing is lost, nothing is doubled [mariadb]", async (t) => {
  const maria = await startMariaDb();
  if (!maria) {
    t.log("skipped: mariadb-server is not installed");
    t.pass();
    return;
  }
  t.teardown(() => maria.stop());
  const site = await TestSite.start({ database: await maria.url() });
  t.teardown(() => site.stop());
  await story(t, site, async (moment) => {
    await sleep(moment * 6);
    await restarted(site);
  });
});

test("nats-server is killed in the middle of every step, and comes back by itself", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  await story(t, site, async () => {
    process.kill(await until(() => site.natsPid(), "nats-server"), "SIGKILL");
  });
});

test("the plugin is killed in the middle of every step, comes back within seconds, and the rest does not notice", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const administrator = await site.signIn("sunjie");
  await story(t, site, async (moment) => {
    if (moment === 1) return; // three failures within ten minutes would be quarantine
    const pid = await until(async () => {
      const { plugins } = await administrator.client(supervisorApi).plugins({});
      return plugins.find(({ id }) => id === "asset-tracking")?.pid;
    }, "the plugin's process");
    process.kill(pid, "SIGKILL");
  });
  const back = await until(
    async () =>
      (await administrator.client(supervisorApi).plugins({})).plugins.find(
        ({ id, state, restarts }) => id === "asset-tracking" && state === "running" && restarts > 0,
      ),
    "the restart",
  );
  t.true(back.restarts >= 1);
});

// checklist: 20
test("another county's record and matter do not exist for this one, whatever the operation", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const here = await site.signIn("zhaomin");
  const record = await here.client(storageApi).insert({
    collection: "asset-tracking.equipment",
    values: { code: "WX-2005-00009", name: "机", category: "desktop", purchasedOn: "2005-03-01" },
  });
  const there = await site.signIn("sunjie");
  const path = `/api/v1/collections/asset-tracking.equipment/records/${record.id}`;
  t.is((await there.send("GET", path)).status, 404);
  t.is((await there.send("PATCH", path, { version: 1, values: { name: "改" } })).status, 404);
  t.is((await there.send("DELETE", `${path}?version=1`)).status, 404);
  t.is((await there.send("GET", `${path}/history`)).status, 404);
  t.is((await here.send("GET", path)).status, 200);
  const disabled = await site.signIn("tangning");
  const answer = await disabled.send("POST", "/api/v1/plugins/example-hello/ops/greet", { to: "x" });
  t.like(await answer.json(), { code: "not-enabled", status: 404 });
});

// checklist: 33, 35, 39
test("writes need our header and our origin, bodies must be JSON, and answers carry the strict policy", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const person = await site.signIn("chenxiao");
  t.is((await person.send("POST", "/api/v1/notices/read", { ids: ["x"] }, { "x-jinshui": "" })).status, 403);
  const unkeyed = await person.send("POST", "/api/v1/notices/read", { ids: ["x"] }, { "idempotency-key": "" });
  t.is(unkeyed.status, 400);
  t.like(await unkeyed.json(), { code: "invalid-request", details: { header: "Idempotency-Key" } });
  t.is(
    (await person.send("POST", "/api/v1/notices/read", { ids: ["x"] }, { origin: "http://elsewhere.example" })).status,
    403,
  );
  const broken = await fetch(`${site.url}/api/v1/session`, {
    method: "POST",
    headers: { "x-jinshui": "1", "content-type": "application/json" },
    body: '{"username": ',
  });
  t.like(await broken.json(), { code: "invalid-request", status: 400 });
  t.is((await person.send("GET", "/api/v1/collections/asset-tracking.equipment/records?limit=9999")).status, 400);
  t.is((await person.send("GET", "/api/v1/nothing")).status, 404);
  t.is((await fetch(`${site.url}/api/v1/me`)).status, 401);
  t.is((await fetch(`${site.url}/plugins/asset-tracking/0.1.0/../../package.json`)).status, 404);
  const page = await fetch(site.url);
  const policy = page.headers.get("content-security-policy") ?? "";
  t.regex(policy, /default-src 'none'/);
  t.regex(policy, /require-trusted-types-for 'script'/);
  t.notRegex(policy.replace("style-src-attr 'unsafe-inline'", ""), /unsafe/);
});
