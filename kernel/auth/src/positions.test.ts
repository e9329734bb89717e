import { eachDatabase } from "@jinshui/storage/testing/ava";
import { code, Office, why } from "./testing-office.js";

eachDatabase("duties of a position are written by who keeps the organisation, and read by everybody", async (t, db) => {
  const office = await Office.open(db);
  const fields = { position: "equipment", title: { "zh-CN": "发放设备" }, basis: "固定资产管理办法", days: 3 };
  t.is(await office.as("lixia", "setDuty", fields).catch(code), "forbidden");
  t.is(await office.as("sunjie", "setDuty", { ...fields, position: "pilot" }).catch(why), "unknown-position");
  const again = (): Promise<{ id: string; version: number }> =>
    office.as("sunjie", "setDuty", fields, { idempotencyKey: "duty-1" });
  const duty = await again();
  t.deepEqual(await again(), duty, "a repeated request is one");
  t.deepEqual(await office.as("lixia", "duties", { position: "equipment" }), {
    duties: [{ ...fields, id: duty.id, version: 1 }],
    total: 1,
  });
  const { basis: _none, days: _neither, ...less } = fields;
  const next = await office.as("sunjie", "setDuty", { ...less, matter: "requisition", replaces: duty });
  t.deepEqual(next, { ...less, matter: "requisition", id: duty.id, version: 2 }, "what is absent is emptied");
  t.deepEqual((await office.as("lixia", "duties", {})).duties, [next]);
  t.is(await office.as("sunjie", "setDuty", { ...fields, replaces: duty }).catch(code), "stale-version");
  t.is(await office.as("lixia", "removeDuty", { duty: duty.id }).catch(code), "forbidden");
  await office.as("sunjie", "removeDuty", { duty: duty.id });
  t.is(await office.as("sunjie", "removeDuty", { duty: duty.id }).catch(code), "not-found");
  t.like(await office.audit("set-duty"), [{ after_value: { version: 1 } }, { before_value: { version: 1 } }]);
  t.is((await office.audit("remove-duty")).length, 1);
});

eachDatabase("duties come in pages, by position, and another bureau's are not among them", async (t, db) => {
  const office = await Office.open(db);
  for (const [position, title] of [
    ["equipment", "一"],
    ["clerk", "二"],
    ["equipment", "三"],
  ] as const)
    await office.as("sunjie", "setDuty", { position, title: { "zh-CN": title } });
  const first = await office.as("lixia", "duties", { limit: 2 });
  t.deepEqual(
    first.duties.map(({ title }) => title["zh-CN"]),
    ["二", "一"],
  );
  const second = await office.as("lixia", "duties", { limit: 2, cursor: first.nextCursor ?? "" });
  t.deepEqual(
    second.duties.map(({ title }) => title["zh-CN"]),
    ["三"],
  );
  t.is(second.nextCursor, undefined);
  t.is((await office.as("zhouyan", "duties", {})).total, 0);
});

eachDatabase("who holds what on a day is told by department, page by page", async (t, db) => {
  const office = await Office.open(db);
  const names = async (input: { department?: string; day?: string }): Promise<string[]> =>
    (await office.as("lixia", "members", input)).members.map(
      ({ person, holding }) => `${person.name} ${holding.positionTitle["zh-CN"]}`,
    );
  t.deepEqual((await names({ department: "levy" })).sort(), ["李霞 科员", "王刚 科长", "赵敏 科员"]);
  const { holdings } = await office.as("sunjie", "holdings", { person: office.id("wanggang") });
  await office.as("sunjie", "endHolding", { holding: holdings[0]?.id ?? "", until: "2026-12-31", reason: "退休" });
  t.true((await names({ day: "2026-12-31" })).includes("王刚 科长"));
  t.false((await names({ day: "2027-01-01" })).includes("王刚 科长"));
  const all = await office.as("lixia", "members", {});
  const first = await office.as("lixia", "members", { limit: 4 });
  const rest = await office.as("lixia", "members", { cursor: first.nextCursor ?? "" });
  t.deepEqual([...first.members, ...rest.members], all.members);
  t.is(first.total, all.members.length);
});

eachDatabase("the permissions of the bureau are told with the positions that give them", async (t, db) => {
  const office = await Office.open(db);
  const positions = async (): Promise<string[] | undefined> =>
    (await office.as("lixia", "rules", {})).rules.find(({ permission }) => permission === "site.instances")?.positions;
  t.deepEqual(await positions(), ["system-administrator", "director"]);
  await office.as("qianli", "proposePermission", {
    position: "director",
    permission: "site.instances",
    granted: false,
    reason: "职责调整",
  });
  t.deepEqual(await positions(), ["system-administrator"]);
});

eachDatabase("a department that is still used names who and what is left in it", async (t, db) => {
  const office = await Office.open(db);
  await office.as("sunjie", "setDepartment", { department: "group", title: { "zh-CN": "征收组" }, parent: "levy" });
  const details = await office
    .as("sunjie", "endDepartment", { department: "levy", until: "2026-12-31" })
    .catch((error: { details?: unknown }) => error.details);
  t.deepEqual(details, {
    reason: "department-used",
    department: "levy",
    count: 4,
    people: ["李霞", "王刚", "赵敏"],
    departments: [{ "zh-CN": "征收组" }],
  });
});

eachDatabase("somebody else's delegations are for those who keep or guard the organisation", async (t, db) => {
  const office = await Office.open(db);
  const since = "2026-11-23";
  await office.as("wanggang", "delegate", { to: office.id("lixia"), since, until: since, reason: "出差" });
  const person = office.id("wanggang");
  t.is(await office.as("zhaomin", "delegations", { person }).catch(code), "forbidden");
  t.like(await office.as("sunjie", "delegations", { person }), { total: 1 });
  t.like(await office.as("wanggang", "delegations", { person }), { total: 1 }, "one's own");
  t.like(await office.as("sunjie", "delegations", { person: office.id("zhaomin") }), { total: 0 });
});

eachDatabase("every change is told to open pages, with what it is about", async (t, db) => {
  const office = await Office.open(db);
  const told = async (): Promise<unknown[]> => {
    const rows = await db.database.find("outbox", {
      where: { subject: "jinshui.event.wuhu.organisation.changed" },
      orderBy: ["seq"],
    });
    return rows.map(({ body }) => (body as { data: { what: string } }).data.what);
  };
  const asked = await office.as("sunjie", "proposeHolding", {
    person: office.id("lixia"),
    position: "equipment",
    department: "data-centre",
    reason: "轮岗",
  });
  await office.as("qianli", "decideChange", { ...asked, approve: true });
  await office.as("sunjie", "setDuty", { position: "clerk", title: { "zh-CN": "办理事项" } });
  t.deepEqual(await told(), ["change", "change", "duty"]);
});
