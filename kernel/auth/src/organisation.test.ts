import { eachDatabase } from "@jinshui/storage/testing/ava";
import { code, Office, why } from "./testing-office.js";

const DAY = 86_400_000;

// checklist: 23
eachDatabase(
  "a position is held when a second person has agreed, and from its first day to its last",
  async (t, db) => {
    const office = await Office.open(db);
    const lixia = office.id("lixia");
    const ask = {
      person: lixia,
      position: "equipment",
      department: "data-centre",
      from: "2026-11-25",
      until: "2026-11-26",
    };
    const { change } = await office.as("sunjie", "proposeHolding", { ...ask, reason: "赵敏休产假" });
    t.like(await office.as("qianli", "changes", { state: "pending" }), {
      total: 1,
      changes: [
        {
          id: change,
          summary: { "zh-CN": "李霞担任数据处理中心设备管理岗（2026-11-25 至 2026-11-26）" },
          decidable: true,
        },
      ],
    });
    t.like(await office.as("sunjie", "changes", {}), { changes: [{ decidable: false }] });
    const decide = (username: string): Promise<unknown> =>
      office.as(username, "decideChange", { change, approve: true, reason: "同意" }).catch(code);
    t.is(await decide("sunjie"), "forbidden", "who asked");
    t.is(await decide("wanggang"), "forbidden", "who may not");
    t.deepEqual(await decide("qianli"), {});
    t.is(await decide("qianli"), "conflict", "decided already");

    const positions = async (): Promise<string[]> =>
      ((await office.auth.organisation.known(lixia))?.positions ?? []).map(({ id }) => id);
    t.deepEqual(await positions(), ["clerk"], "not yet");
    office.clock.now += 2 * DAY;
    t.deepEqual(await positions(), ["clerk", "equipment"]);
    office.clock.now += DAY;
    t.deepEqual(await positions(), ["clerk", "equipment"], "the last day counts");
    office.clock.now += DAY;
    t.deepEqual(await positions(), ["clerk"], "over");

    t.like(await office.as("wanggang", "holders", { position: "equipment", day: "2026-11-25" }), {
      holders: [{ person: { name: "李霞" } }, { person: { name: "赵敏" } }],
    });
    t.like(await office.as("wanggang", "holders", { position: "equipment", day: "2026-11-27" }), {
      holders: [{ person: { name: "赵敏" } }],
    });
    const [entry] = await office.audit("change-approved");
    t.like(entry, { actor_name: "钱力", before_value: { proposedBy: { name: "孙洁" } } });
  },
);

eachDatabase("who gains by a change does not decide on it, and it expires", async (t, db) => {
  const office = await Office.open(db);
  const ask = { position: "equipment", department: "data-centre", reason: "轮岗" };
  const own = await office.as("sunjie", "proposeHolding", { ...ask, person: office.id("qianli") });
  const decide = ({ change }: { change: string }, username = "qianli"): Promise<unknown> =>
    office.as(username, "decideChange", { change, approve: true }).catch(why);
  t.is(await decide(own), "own-benefit");
  t.deepEqual(await office.as("sunjie", "withdrawChange", own), {});
  t.is(await decide(own, "zhengfang"), "decided", "withdrawn");
  const late = await office.as("sunjie", "proposeHolding", { ...ask, person: office.id("lixia") });
  office.clock.now += 7 * DAY;
  t.is(await decide(late), "decided");
  t.like(await office.as("qianli", "changes", { state: "expired" }), { total: 1 });
  t.like(await office.as("qianli", "changes", { state: "pending" }), { total: 0 });
});

// checklist: 21
eachDatabase("nobody comes to be two of the three administrators, by no way", async (t, db) => {
  const office = await Office.open(db);
  const propose = (username: string, position: string): Promise<unknown> =>
    office
      .as("sunjie", "proposeHolding", {
        person: office.id(username),
        position,
        department: "data-centre",
        reason: "工作需要",
      })
      .catch(why);
  t.is(await propose("sunjie", "audit-administrator"), "separation");
  t.is(await propose("qianli", "system-administrator"), "separation");
  // two requests, each fine by itself: the second is refused when it would take effect
  const one = (await propose("lixia", "audit-administrator")) as { change: string };
  const two = (await propose("lixia", "security-administrator")) as { change: string };
  const decide = ({ change }: { change: string }): Promise<unknown> =>
    office.as("qianli", "decideChange", { change, approve: true }).catch(why);
  t.deepEqual(await decide(one), {});
  t.is(await decide(two), "separation");
  const since = "2026-11-23";
  const delegated = office.as("sunjie", "delegate", { to: office.id("qianli"), since, until: since, reason: "出差" });
  t.is(await delegated.catch(why), "separation", "nor for another");
  const permission = (position: string, id: string): Promise<unknown> =>
    office.as("sunjie", "proposePermission", { position, permission: id, granted: true, reason: "方便" }).catch(why);
  t.is(await permission("clerk", "site.security"), "separation", "nor by giving the permission to a common position");
  t.is(await permission("system-administrator", "site.audit"), "separation");
});

// checklist: 23
eachDatabase("permissions are given to a position by two persons and taken by one", async (t, db) => {
  const office = await Office.open(db);
  const ask = { position: "section-chief", permission: "site.instances", reason: "科长需查看全部办件" };
  t.false((await office.permissions("wanggang")).includes("site.instances"));
  const given = (await office.as("sunjie", "proposePermission", { ...ask, granted: true })) as { change: string };
  t.false((await office.permissions("wanggang")).includes("site.instances"), "asked for is not given");
  await office.as("qianli", "decideChange", { ...given, approve: true });
  t.true((await office.permissions("wanggang")).includes("site.instances"));
  t.false((await office.permissions("lixia")).includes("site.instances"));
  await office.as("qianli", "proposePermission", { ...ask, granted: false });
  t.false((await office.permissions("wanggang")).includes("site.instances"));
  t.is(
    await office.as("wanggang", "proposePermission", { ...ask, granted: false }).catch(code),
    "forbidden",
    "not by anybody",
  );
});

eachDatabase("a colleague does the work of one's positions for a while, and both names are known", async (t, db) => {
  const office = await Office.open(db);
  const decide = { id: "asset.decide", title: { "zh-CN": "审批" }, positions: ["section-chief"] };
  office.auth.access.setCatalogue(new Map([["wuhu", new Map([["asset", [decide]]])]]));
  const to = office.id("lixia");
  const wanted = { to, since: "2026-11-24", until: "2026-11-25", reason: "出差" };
  const refused = async (fields: object): Promise<unknown> =>
    office.as("wanggang", "delegate", { ...wanted, ...fields }).catch(why);
  t.is(await refused({ to: office.id("wanggang") }), "oneself");
  t.is(await refused({ positions: ["equipment"] }), "not-held");
  t.is(await refused({ until: "2027-11-25" }), "too-long");
  t.is(await refused({ until: "2026-11-20", since: "2026-11-20" }), "in-the-past");
  t.is(await refused({ until: "2026-11-31" }), "no-day");
  t.is(await office.as("wanggang", "delegate", { ...wanted, to: office.id("zhouyan") }).catch(code), "not-found");
  const delegation = (await office.as("wanggang", "delegate", wanted)) as { id: string };
  t.like(delegation, { from: { name: "王刚" }, to: { name: "李霞" } });
  t.deepEqual(await office.permissions("lixia"), [], "not before its first day");
  office.clock.now += DAY;
  t.deepEqual(await office.permissions("lixia"), ["asset.decide", "site.clock"]);
  const person = await office.auth.organisation.known(to);
  const actor = person && office.auth.access.actor(person);
  t.is(actor?.delegated?.get("asset.decide")?.name, "王刚");
  t.is(actor && office.auth.access.explain(actor, "asset.decide").reason["zh-CN"], "李霞受王刚委托，代行征管科科长");
  const held = await office.auth.organisation.holders("wuhu", "section-chief");
  t.deepEqual(held.map(({ name }) => name).sort(), ["李霞", "王刚"]);
  const chain = office.as("lixia", "delegate", { ...wanted, to: office.id("zhaomin"), positions: ["section-chief"] });
  t.is(await chain.catch(why), "not-held", "what one has of another is not given on");
  await office.as("lixia", "endDelegation", { delegation: delegation.id });
  t.deepEqual(await office.permissions("lixia"), [], "at once");
  t.like(await office.as("lixia", "delegations", {}), { total: 1, delegations: [{ reason: "出差" }] });
  t.like(await office.as("zhaomin", "delegations", {}), { total: 0 });
  t.like(await office.as("qianli", "delegations", { all: true }), { total: 1 });
});

eachDatabase("departments change from a day on, and what was stays known", async (t, db) => {
  const office = await Office.open(db);
  const titles = async (day: string): Promise<string[]> => {
    const { departments } = (await office.as("lixia", "structure", { day })) as {
      departments: { title: { "zh-CN": string } }[];
    };
    return departments.map(({ title }) => title["zh-CN"]).sort();
  };
  const set = (department: string, title: string, fields: object = {}): Promise<unknown> =>
    office.as("sunjie", "setDepartment", { department, title: { "zh-CN": title }, ...fields }).catch(why);
  await set("levy", "征收管理处", { from: "2027-01-01" });
  await set("levy-group", "征收组", { from: "2027-01-01", parent: "levy" });
  t.deepEqual(await titles("2026-12-31"), ["征管科", "数据处理中心"].sort());
  t.deepEqual(await titles("2027-01-01"), ["征收管理处", "征收组", "数据处理中心"].sort());
  t.is(await set("levy", "征收管理处", { from: "2027-01-01", parent: "levy-group" }), "circle");
  t.is(await set("levy", "征收管理处", { parent: "nowhere" }), "unknown-department");
  t.is(
    await office.as("lixia", "setDepartment", { department: "x", title: { "zh-CN": "x" } }).catch(code),
    "forbidden",
  );
  const end = (department: string): Promise<unknown> =>
    office.as("sunjie", "endDepartment", { department, until: "2027-03-31" }).catch(code);
  t.is(await end("levy"), "still-used");
  t.deepEqual(await end("levy-group"), {});
  t.deepEqual(await titles("2027-04-01"), ["征收管理处", "数据处理中心"].sort());
  const again = await Office.open(db);
  t.deepEqual(
    ((await again.as("lixia", "structure", { day: "2027-01-01" })) as { departments: unknown[] }).departments.length,
    3,
    "a restart knows it",
  );
});

eachDatabase("a holding ends on a day or at once, and a repeated request is one", async (t, db) => {
  const office = await Office.open(db);
  const zhaomin = office.id("zhaomin");
  const { holdings } = (await office.as("sunjie", "holdings", { person: zhaomin })) as {
    holdings: { id: string; position: string }[];
  };
  t.is(holdings.length, 2);
  const clerk = holdings.find(({ position }) => position === "clerk")?.id ?? "";
  t.is(await office.as("lixia", "endHolding", { holding: clerk, reason: "调离" }).catch(code), "forbidden");
  await office.as("sunjie", "endHolding", { holding: clerk, reason: "调离" });
  t.deepEqual(
    (await office.auth.organisation.known(zhaomin))?.positions.map(({ id }) => id),
    ["equipment"],
  );
  t.is(await office.as("zhouyan", "holdings", { person: zhaomin }).catch(code), "not-found", "of another bureau");
  const ask = { person: zhaomin, position: "clerk", department: "levy", reason: "调回" };
  const repeat = (): Promise<unknown> => office.as("sunjie", "proposeHolding", ask, { idempotencyKey: "k-1" });
  t.deepEqual(await repeat(), await repeat());
  t.like(await office.as("sunjie", "changes", { state: "pending" }), { total: 1 });
});
