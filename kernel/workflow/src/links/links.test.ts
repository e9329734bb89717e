import { context as callContext } from "@jinshui/auth/testing";
import type { JinshuiError, OpOutput, WorkflowApi } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { PLUGIN, WorkflowSite } from "../testing/site.js";

type Detail = OpOutput<WorkflowApi, "instance">;

const DECLARED = `<message id="reply" name="reply"/><message id="ask" name="ask"/><signal id="closed" name="year-closed"/>`;
/** A BPMN file whose process may name messages and signals. */
const process = (id: string, content: string): string => bpmn(id, content).replace(/<process /, `${DECLARED}<process `);
const MESSAGE = (ref: string): string => `<messageEventDefinition messageRef="${ref}"/>`;

const CALLER = process(
  "case",
  `<startEvent id="s"/><callActivity id="call" name="协查" calledElement="inquiry">
    <extensionElements><jinshui:out source="found" target="answer"/></extensionElements>
  </callActivity><userTask id="u"/><endEvent id="e"/>${flow("s", "call")}${flow("call", "u")}${flow("u", "e")}`,
);
const CALLED = bpmn(
  "inquiry",
  `<startEvent id="s"/><userTask id="look" name="查证"/><scriptTask id="set" scriptFormat="feel"><script>"有问题"</script></scriptTask><endEvent id="e"/>${flow("s", "look")}${flow("look", "set")}${flow("set", "e")}`,
).replace('<scriptTask id="set"', '<scriptTask id="set" jinshui:resultVariable="found"');

async function openSite(db: TestDatabase, processes: string[]): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.deploy(processes);
  return site;
}

const settle = async (site: WorkflowSite): Promise<void> => {
  for (let quiet = 0; quiet < 2; quiet += 1) {
    const before = await site.db.database.count("wf_parcel", { next_at: { ne: null } });
    await site.workflow.deliveries.step();
    if (before > 0) quiet = -1;
  }
};
const detail = async (site: WorkflowSite, id: string): Promise<Detail> =>
  site.handlers.instance({ id }, await site.as("sunjie"));
const all = async (site: WorkflowSite, key: string): Promise<Detail[]> => {
  const { instances } = await site.handlers.instances({ mine: false, limit: 200 }, await site.as("sunjie"));
  const found = await Promise.all(instances.map(({ id }) => detail(site, id)));
  return found.filter(({ definitionTitle }) => definitionTitle["zh-CN"] === key);
};

eachDatabase(
  "a call activity starts another process, waits for its end and takes what it gives back",
  async (t, db) => {
    const site = await openSite(db, [CALLER, CALLED]);
    const id = await site.start({}, "case");
    t.deepEqual((await detail(site, id)).activeElements, ["call"]);
    await settle(site);
    const [called] = await all(site, "inquiry");
    t.like(called, { applicant: { name: "李霞" }, parent: { id } });
    t.deepEqual(
      (await detail(site, id)).children.map((child) => child.id),
      [called?.id],
    );
    await site.act("lixia", "complete", {}, { element: "look" });
    await settle(site);
    const after = await detail(site, id);
    t.deepEqual(after.activeElements, ["u"]);
    t.is(after.variables["answer"], "有问题");
    t.is(
      (after.variables["applicant"] as { name: string }).name,
      "李霞",
      "its own applicant, number and steps are untouched",
    );
    await settle(site);
    t.is(await db.database.count("wf_parcel"), 0);
  },
);

eachDatabase(
  "a call of what is not there, or that is ended from outside, becomes an incident that can be tried again",
  async (t, db) => {
    const site = await openSite(db, [CALLER]);
    const id = await site.start({}, "case");
    await settle(site);
    const stuck = await detail(site, id);
    t.is(stuck.state, "incident");
    t.regex(stuck.incidents[0]?.message ?? "", /没有可以调用的流程 inquiry/);
    await site.deploy([CALLER, CALLED]);
    await site.handlers.retryJob({ instance: id, element: "call" }, await site.as("sunjie"));
    await settle(site);
    const [called] = await all(site, "inquiry");
    t.is(called?.state, "active");
    await site.handlers.cancelInstance({ id: called?.id ?? "", reason: "查错了户" }, await site.as("sunjie"));
    await settle(site);
    t.regex((await detail(site, id)).incidents[0]?.message ?? "", /已终止/);
  },
);

eachDatabase("who ends a matter ends what it has called", async (t, db) => {
  const site = await openSite(db, [CALLER, CALLED]);
  const id = await site.start({}, "case");
  await settle(site);
  await site.handlers.cancelInstance({ id, reason: "不办了" }, await site.as("sunjie"));
  await settle(site);
  t.is((await all(site, "inquiry"))[0]?.state, "cancelled");
});

eachDatabase("processes that call one another without end are stopped, and their callers say so", async (t, db) => {
  const site = await openSite(db, [
    process(
      "circle",
      `<startEvent id="s"/><callActivity id="c" calledElement="circle"/><endEvent id="e"/>${flow("s", "c")}${flow("c", "e")}`,
    ),
  ]);
  await site.start({}, "circle");
  await settle(site);
  const states = (await all(site, "circle")).map(({ state }) => state);
  t.is(states.length, 51);
  t.false(states.includes("active"));
});

const WAITING = process(
  "waits",
  `<startEvent id="s"/><userTask id="u"/><intermediateCatchEvent id="catch" jinshui:correlationKey="number">${MESSAGE("reply")}</intermediateCatchEvent><userTask id="after"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "catch")}${flow("catch", "after")}${flow("after", "e")}`,
);

eachDatabase(
  "a message finds the one matter that waits for its name and value, and keeps until somebody waits",
  async (t, db) => {
    const site = await openSite(db, [WAITING]);
    const [first, second] = [await site.start({}, "waits"), await site.start({}, "waits")];
    const numbers = [(await detail(site, first)).number, (await detail(site, second)).number];
    const where = async (id: string): Promise<string[]> => (await detail(site, id)).activeElements;
    const tasks = await site.inbox("lixia");
    const finish = async (instance: string): Promise<unknown> => {
      const task = tasks.find((candidate) => candidate.instance === instance);
      return site.handlers.complete(
        { id: task?.id ?? "", version: 1, action: "complete", values: {} },
        await site.as("lixia"),
      );
    };
    await finish(first);
    // nobody waits for this one yet
    const early = { name: "reply", correlation: numbers[1] ?? "", variables: { answer: "早" } };
    const once = { ...site.plugin, idempotencyKey: "m-1" };
    const { id } = await site.handlers.sendMessage(early, once);
    t.is((await site.handlers.sendMessage(early, once)).id, id, "sent once");
    await settle(site);
    t.deepEqual(await where(first), ["catch"]);
    await finish(second);
    await settle(site);
    t.deepEqual(await where(second), ["after"]);
    t.is((await detail(site, second)).variables["answer"], "早");
    await site.handlers.sendMessage(
      { name: "reply", correlation: "A-9", variables: {} },
      { ...site.plugin, idempotencyKey: "m-2" },
    );
    await settle(site);
    t.deepEqual(await where(first), ["catch"], "another's message is not taken");
    await site.handlers.sendMessage(
      { name: "reply", correlation: numbers[0] ?? "", variables: {} },
      { ...site.plugin, idempotencyKey: "m-3" },
    );
    await settle(site);
    t.deepEqual(await where(first), ["after"]);
    t.is(await db.database.count("wf_subscription"), 0);
  },
);

eachDatabase(
  "a message begins a process that starts with it; the person of the call is its applicant",
  async (t, db) => {
    const site = await openSite(db, [
      process(
        "begun",
        `<startEvent id="s">${MESSAGE("ask")}</startEvent><userTask id="u" jinshui:position="equipment"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
      ),
    ]);
    const begin = (actor?: string): Promise<unknown> =>
      site.handlers.sendMessage(
        { name: "ask", variables: { reason: "网上受理" } },
        { ...site.plugin, ...(actor === undefined ? {} : { actor }) },
      );
    await begin();
    await settle(site);
    t.like(await all(site, "begun"), [
      { applicant: { id: `plugin:${PLUGIN}` }, variables: { reason: "网上受理" }, activeElements: ["u"] },
    ]);
    const { definitions } = await site.handlers.definitions({ startable: true, limit: 200 }, await site.as("lixia"));
    t.false(
      definitions.some(({ key }) => key === "begun"),
      "nobody can start it by hand",
    );
  },
);

eachDatabase(
  "a signal reaches every matter that waits now and begins what starts with it, each once",
  async (t, db) => {
    const SIGNAL = `<signalEventDefinition signalRef="closed"/>`;
    const site = await openSite(db, [
      process(
        "listens",
        `<startEvent id="s"/><intermediateCatchEvent id="catch">${SIGNAL}</intermediateCatchEvent><userTask id="u"/><endEvent id="e"/>${flow("s", "catch")}${flow("catch", "u")}${flow("u", "e")}`,
      ),
      process(
        "opens",
        `<startEvent id="s">${SIGNAL}</startEvent><userTask id="u"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
      ),
      process(
        "throws",
        `<startEvent id="s"/><intermediateThrowEvent id="throw">${SIGNAL}</intermediateThrowEvent><userTask id="u"/><endEvent id="e"/>${flow("s", "throw")}${flow("throw", "u")}${flow("u", "e")}`,
      ),
    ]);
    for (let count = 0; count < 3; count += 1) await site.start({}, "listens");
    await site.start({}, "throws");
    await settle(site);
    t.deepEqual(
      (await all(site, "listens")).map(({ activeElements }) => activeElements),
      [["u"], ["u"], ["u"]],
    );
    t.is((await all(site, "opens")).length, 1);
    await site.start({}, "listens");
    await settle(site);
    t.is(
      (await all(site, "listens")).filter(({ activeElements }) => activeElements[0] === "catch").length,
      1,
      "it is not kept",
    );
  },
);

eachDatabase(
  "another plugin's messages reach this one's matters only by a name that begins with its id, and other bureaus' never",
  async (t, db) => {
    const site = await openSite(db, [
      WAITING.replaceAll('name="reply"', 'name="other.reply"'),
      WAITING.replaceAll("waits", "own"),
    ]);
    site.enable("wuhu", PLUGIN, "other");
    const catalogue = new Map([
      [
        "wuhu",
        new Map<string, []>([
          [PLUGIN, []],
          ["other", []],
        ]),
      ],
      ["wuhu-county", new Map<string, []>([[PLUGIN, []]])],
    ]);
    site.auth.access.setCatalogue(catalogue);
    const id = await site.start({}, "waits");
    await site.act("lixia");
    const { number } = await detail(site, id);
    const own = await site.start({}, "own");
    await site.act("lixia");
    const ownNumber = (await detail(site, own)).number;
    const reply = { name: "reply", correlation: ownNumber, variables: {} };
    await site.handlers.sendMessage(reply, callContext({ caller: "other", bureau: "wuhu" }));
    await settle(site);
    t.deepEqual((await detail(site, own)).activeElements, ["catch"], "a name of this plugin's own is out of reach");
    const from = async (caller: string, bureau: string, name: string): Promise<string[]> => {
      await site.handlers.sendMessage({ name, correlation: number, variables: {} }, callContext({ caller, bureau }));
      await settle(site);
      return (await detail(site, id)).activeElements;
    };
    t.deepEqual(await from("other", "wuhu", "reply"), ["catch"]);
    t.deepEqual(await from(PLUGIN, "wuhu-county", "other.reply"), ["catch"]);
    t.deepEqual(await from("other", "wuhu", "other.reply"), ["after"]);
    const error = await t.throwsAsync<JinshuiError>(async () =>
      site.handlers.sendMessage({ name: "x", variables: {} }, await site.as("lixia")),
    );
    t.is(error.code, "forbidden", "a person sends none");
  },
);
