import { authApi, organisationApi, storageApi, workflowApi } from "@jinshui/contracts";
import { type TestPerson, TestSite } from "@jinshui/testing";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";

interface Captured {
  method: string;
  path: string;
  body: string | undefined;
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const collection = "asset-tracking.equipment";
/** Of the city above and of two other counties, with every administrator among them. */
const STRANGERS = ["sunjie", "qianli", "majing", "sj001", "tangning", "fc036"];

/** Notes what is asked of a site while `work` runs. */
async function captured(site: TestSite, work: () => Promise<void>): Promise<Captured[]> {
  const calls: Captured[] = [];
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await original(input, init);
    const path = String(input).slice(site.url.length);
    const body = typeof init?.body === "string" ? init.body : undefined;
    if (answer.ok && path.startsWith("/api/") && !path.endsWith("/session"))
      calls.push({ method: init?.method ?? "GET", path, body });
    return answer;
  };
  try {
    await work();
  } finally {
    globalThis.fetch = original;
  }
  return calls;
}

/** A county's day: a register, a matter from its start to its archive, delegation, an export. */
async function day(site: TestSite, own: Set<string>): Promise<void> {
  const note = (id: string | undefined): string => {
    own.add(id ?? "");
    return id ?? "";
  };
  const [keeper, clerk, chief] = await Promise.all(
    ["zhaomin", "chenxiao", "wanggang"].map((name) => site.signIn(name)),
  );
  if (!keeper || !clerk || !chief) return;
  const storage = keeper.client(storageApi);
  const workflow = (person: TestPerson): ReturnType<typeof person.client<typeof workflowApi>> =>
    person.client(workflowApi);
  const values = { code: "WX-2005-00042", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };
  const { id } = await storage.insert({ collection, values });
  note(id);
  await storage.update({ collection, id, version: 1, values: { name: "台式电脑" } });
  await storage.get({ collection, id });
  await storage.history({ collection, id });
  await storage.find({ collection, search: "WX-2005-00042" });
  await storage.get({ collection, id, at: new Date().toISOString() });
  const gone = note((await storage.insert({ collection, values: { ...values, code: "WX-2005-00043" } })).id);
  await storage.remove({ collection, id: gone, version: 1 });
  await storage.restore({ collection, id: gone, version: 2 });
  const job = note((await storage.startExport({ collection, format: "csv" })).id);
  await storage.transfer({ id: job });
  await sleep(500);
  const { definitions } = await workflow(clerk).definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const started = await workflow(clerk).start({
    definition,
    values: { category: "desktop", reason: "换机", place: "大厅" },
  });
  const instance = note(started.id);
  const taskOf = async (person: TestPerson): Promise<{ id: string; version: number }> => {
    for (;;) {
      const [task] = (await workflow(person).tasks({ kind: "todo" })).tasks;
      if (task) return { id: note(task.id), version: task.version };
      await sleep(100);
    }
  };
  const approval = await taskOf(chief);
  await workflow(chief).task({ id: approval.id });
  const claimed = await workflow(chief).claim(approval);
  await workflow(chief).release({ id: approval.id, version: claimed.version });
  await workflow(clerk).instance({ id: instance });
  await workflow(clerk).diagram({ id: instance });
  for (const one of (await workflow(chief).notices({})).notices) note(one.id);
  const me = await chief.client(authApi).me({});
  const colleague = await clerk.client(authApi).me({});
  note(me.id);
  note(colleague.id);
  const organisation = chief.client(organisationApi);
  await organisation.holdings({ person: me.id });
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
  const { id: delegation } = await organisation.delegate({
    to: colleague.id,
    since: today,
    until: today,
    reason: "外出",
  });
  note(delegation);
  await organisation.endDelegation({ delegation });
  await workflow(clerk).cancelInstance({ id: instance, reason: "不再需要" });
  for (const one of (await workflow(clerk).archives({})).archives) {
    note(one.id);
    await workflow(clerk).archive({ id: one.id });
  }
}

// checklist: 20
test("every call of a county that names something of its own is refused with another bureau's session", async (t) => {
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const own = new Set<string>();
  const calls = await captured(site, () => day(site, own));
  const naming = calls.filter(({ path, body }) =>
    [...own].some((id) => id !== "" && `${path} ${body ?? ""}`.includes(id)),
  );
  t.log(`${calls.length} calls, ${naming.length} of them name something of the county's own`);
  t.log(naming.map(({ method, path }) => `${method} ${path}`).join("\n"));
  t.true(naming.length >= 17, String(naming.length));
  const passed: string[] = [];
  let replayed = 0;
  for (const name of STRANGERS) {
    const stranger = await site.signIn(name);
    for (const { method, path, body } of naming) {
      const answer = await stranger.send(method, path, body === undefined ? undefined : JSON.parse(body));
      replayed += 1;
      if (![403, 404].includes(answer.status)) passed.push(`${name} ${answer.status} ${method} ${path}`);
      await answer.body?.cancel();
    }
    // lists are the stranger's own: nothing of the county is in them
    for (const { path } of calls.filter(({ method, path }) => method === "GET" && !ID.test(path))) {
      const text = await (await stranger.send("GET", path)).text();
      const seen = [...own].find((id) => id !== "" && text.includes(id));
      if (seen !== undefined) passed.push(`${name} sees ${seen} in ${path}`);
    }
  }
  t.deepEqual(passed, []);
  t.log(`${replayed} replayed with sessions of ${STRANGERS.length} people, all refused`);
});
