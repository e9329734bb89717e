import type { FormSchema } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";
import { retainUntil } from "./retention.js";

const FORM: FormSchema = {
  type: "default",
  id: "list",
  components: [
    { type: "textarea", key: "numbers", label: "档号", jinshui: { steps: { again: "edit" } } },
    { type: "textfield", key: "why", label: "原因" },
  ],
};

/** A matter that ends as it begins. */
const short = (id: string, attributes: string): string =>
  bpmn(
    id,
    `<startEvent id="start" jinshui:form="list"/><endEvent id="end"/>${flow("start", "end")}`,
    `name="${id}" ${attributes}`,
  );

const approval = (id: string, name: string, position: string): string =>
  `<userTask id="${id}" name="${name}" jinshui:position="${position}" jinshui:form="list" jinshui:actions="approve,return"/>`;

/** Two people approve, then a job of the plugin is asked for. */
const listed = (id: string, job: string): string =>
  bpmn(
    id,
    `<startEvent id="start" jinshui:form="list"/>${approval("first", "初审", "equipment")}${approval("second", "复审", "section-chief")}
    <exclusiveGateway id="ok" default="ok-job"/><userTask id="again" name="修改" jinshui:assign="applicant" jinshui:form="list" jinshui:actions="submit"/>
    <serviceTask id="job" jinshui:job="${job}"/><endEvent id="end"/>
    ${flow("start", "first")}${flow("first", "second")}${flow("second", "ok")}${flow("ok", "job")}${flow("ok", "again", 'steps.second.action = "return"')}${flow("again", "second")}${flow("job", "end")}`,
    `name="${id}" jinshui:archive="none"`,
  );

async function open(db: Parameters<Parameters<typeof eachDatabase>[1]>[1]): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.deploy(
    [
      short("ten", ""),
      short("thirty", 'jinshui:retention="30"'),
      short("ever", 'jinshui:retention="permanent"'),
      short("slip", 'jinshui:archive="none"'),
      listed("disposal", "dispose"),
      listed("loan", "lend"),
    ],
    [FORM],
    ["dispose", "lend"],
  );
  return site;
}

/** Moves the end of an archive's retention into the past. */
async function expire(site: WorkflowSite, instance: string): Promise<void> {
  await site.db.database.transaction((tx) =>
    tx.update("wf_archive", { instance }, { retain_until: "2020-01-01T00:00:00.000Z" }),
  );
}

async function numberOf(site: WorkflowSite, id: string): Promise<string> {
  return String((await site.db.database.findOne("wf_instance", { id }))?.["number"]);
}

eachDatabase("a process says how long its matters are kept, and the list finds them by that", async (t, db) => {
  const site = await open(db);
  for (const key of ["ten", "thirty", "ever", "slip"]) await site.start({ why: "x" }, key);
  const lixia = await site.as("lixia");
  const classes = async (input: object): Promise<string[]> =>
    (await site.handlers.archives(input, lixia)).archives.map(
      ({ definitionTitle, retention }) => `${definitionTitle["zh-CN"]}:${retention}`,
    );
  t.deepEqual((await classes({})).sort(), ["ever:permanent", "ten:10", "thirty:30"], "a slip makes no file");
  t.deepEqual(await classes({ retention: "30" }), ["thirty:30"]);
  t.deepEqual(await classes({ matter: "ever" }), ["ever:permanent"]);
  t.deepEqual(await classes({ applicant: "nobody" }), []);
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  t.is((await classes({ from: today, to: today })).length, 3);
  t.deepEqual(await classes({ to: "2020-01-01" }), []);
  t.deepEqual(await classes({ state: "due" }), []);
  const rows = await db.database.find("wf_archive", { where: { matter: { in: ["ten", "ever"] } } });
  for (const row of rows) await expire(site, String(row["instance"]));
  t.is((await classes({ state: "due" })).length, 2);
  t.is(retainUntil("10", "2026-12-31T15:59:59.000Z"), "2036-12-31T16:00:00.000Z", "begins after the year, in China");
  t.is(retainUntil("10", "2026-12-31T16:00:00.000Z"), "2037-12-31T16:00:00.000Z");
  t.is(retainUntil("permanent", "2026-12-31T16:00:00.000Z"), undefined);
});

eachDatabase("archives from before there were classes get ten years when the site starts", async (t, db) => {
  const site = await open(db);
  await site.start({ why: "x" }, "ten");
  const empty = { retention: null, retain_until: null, matter: null, applicant_id: null };
  const [before] = await db.database.find("wf_archive");
  await db.database.transaction((tx) => tx.update("wf_archive", {}, empty));
  await WorkflowSite.open(db);
  t.deepEqual((await db.database.find("wf_archive"))[0], before);
});

eachDatabase(
  "an archive is disposed of when two people agree and its time is over; entry and seal stay",
  async (t, db) => {
    const site = await open(db);
    const old = await site.start({ why: "旧事" }, "ten");
    const number = await numberOf(site, old);
    const sunjie = await site.as("sunjie");
    const row = await db.database.findOne("wf_archive", { instance: old });
    const archive = String(row?.["id"]);
    const dispose = async (): Promise<string> =>
      codeOf(
        site.handlers.disposeArchives(
          { job: (await site.job()).id, variable: "numbers", reason: "保管期满" },
          site.plugin,
        ),
      );
    const matter = await site.start({ numbers: number, why: "期满" }, "disposal");
    await site.act("zhaomin", "approve");
    await site.act("wanggang", "approve");
    const job = (await site.job()).id;
    t.is(await dispose(), "conflict", "its retention has not ended");
    await expire(site, old);
    t.is(
      await codeOf(site.handlers.disposeArchives({ job, variable: "why", reason: "保管期满" }, site.plugin)),
      "conflict",
      "what it names is no archive",
    );
    t.is(
      await codeOf(
        site.handlers.disposeArchives(
          { job, variable: "numbers", reason: "保管期满" },
          { ...site.plugin, caller: "gateway" },
        ),
      ),
      "forbidden",
    );
    await site.appoint("sunjie", "director");
    await db.database.transaction((tx) =>
      tx.update("wf_archive", { id: archive }, { hold: { by: { id: "x", name: "x" }, at: "", reason: "诉讼" } }),
    );
    t.is((await site.handlers.archive({ id: archive }, sunjie)).hold?.reason, "诉讼");
    t.is(await dispose(), "conflict", "it is held");
    await db.database.transaction((tx) => tx.update("wf_archive", { id: archive }, { hold: null }));
    const once = { ...site.plugin, idempotencyKey: "once" };
    const input = { job, variable: "numbers", reason: "保管期满" };
    t.deepEqual(await site.handlers.disposeArchives(input, once), { archives: 1 });
    t.deepEqual(await site.handlers.disposeArchives(input, once), { archives: 1 }, "the job came again");
    t.is(await dispose(), "conflict", "gone already");
    const item = await site.handlers.archive({ id: archive }, await site.as("lixia"));
    t.like(item, { number, sha256: row?.["sha256"], variables: {}, history: [], intact: true });
    t.deepEqual(item.disposal?.by.map(({ name }) => name).sort(), ["王刚", "赵敏"]);
    t.like(item.disposal, { reason: "保管期满", instance: matter });
    for (const table of ["wf_history", "wf_event"]) t.is(await db.database.count(table, { instance: old }), 0, table);
    const { variables } = await site.handlers.instance({ id: old }, await site.as("lixia"));
    t.deepEqual(Object.keys(variables), ["applicant"], "who it was is in the entry as well");
    t.is((await site.handlers.archives({ state: "disposed" }, await site.as("lixia"))).total, 1);
    t.is(await codeOf(site.handlers.archivePackage({ id: archive }, await site.as("lixia"))), "conflict");
    t.like(await db.database.findOne("audit_entry", { action: "dispose-archive" }), { resource: `archive/${archive}` });
  },
);

eachDatabase("one person alone, or agreement to another list, disposes of nothing", async (t, db) => {
  const site = await open(db);
  const ids = [await site.start({ why: "一" }, "ten"), await site.start({ why: "二" }, "ten")];
  for (const id of ids) await expire(site, id);
  const [one = "", two = ""] = await Promise.all(ids.map((id) => numberOf(site, id)));
  const dispose = async (): Promise<string> =>
    codeOf(
      site.handlers.disposeArchives({ job: (await site.job()).id, variable: "numbers", reason: "期满" }, site.plugin),
    );

  await site.start({ numbers: one }, "disposal");
  await site.act("zhaomin", "approve");
  await site.act("wanggang", "return");
  await site.act("lixia", "submit", { numbers: `${one}、${two}` });
  await site.act("wanggang", "approve");
  t.is(await dispose(), "forbidden", "赵敏 agreed to one, not to both");
  t.is(await db.database.count("wf_archive", { disposed_at: { ne: null } }), 0);

  await site.appoint("zhaomin", "section-chief");
  await site.start({ numbers: one }, "disposal");
  await site.act("zhaomin", "approve", {}, { element: "first" });
  await site.act("zhaomin", "approve", {}, { element: "second" });
  t.is(await dispose(), "forbidden", "twice the same person");
});

eachDatabase("what is lent can be read until the day is over, by who asked for it alone", async (t, db) => {
  const site = await open(db);
  const zhaomin = await site.as("zhaomin");
  const { definitions } = await site.handlers.definitions({ limit: 200 }, zhaomin);
  const ten = definitions.find(({ key }) => key === "ten")?.id ?? "";
  const { id: instance, number } = await site.handlers.start({ definition: ten, values: { why: "x" } }, zhaomin);
  const id = String((await db.database.findOne("wf_archive", { instance }))?.["id"]);
  t.is(await codeOf(site.handlers.archive({ id }, await site.as("lixia"))), "not-found");
  await site.start({ numbers: number }, "loan");
  await site.act("zhaomin", "approve");
  await site.act("wanggang", "approve");
  const lend = async (until: string): Promise<string> =>
    codeOf(
      site.handlers.lendArchives(
        { job: (await site.job()).id, variable: "numbers", until },
        { ...site.plugin, idempotencyKey: until },
      ),
    );
  t.is(await lend("2020-01-01"), "ok");
  t.is(await codeOf(site.handlers.archive({ id }, await site.as("lixia"))), "not-found", "the day is over");
  t.is(await lend("2099-12-31"), "ok");
  t.is(await codeOf(site.handlers.archive({ id }, await site.as("lixia"))), "ok");
  t.is((await site.handlers.archives({ search: number }, await site.as("lixia"))).total, 1);
  t.is(await codeOf(site.handlers.archive({ id }, await site.as("wanggang"))), "not-found");
});

eachDatabase("who may see all archives can hold one; others can't, nor a plugin for them", async (t, db) => {
  const site = await open(db);
  await site.start({ why: "x" }, "ten");
  const id = String((await db.database.find("wf_archive"))[0]?.["id"]);
  const input = { id, held: true, reason: "涉诉" };
  t.is(await codeOf(site.handlers.holdArchive(input, await site.as("lixia"))), "forbidden");
  t.is((await site.handlers.archives({ state: "held" }, await site.as("lixia"))).total, 0);
});
