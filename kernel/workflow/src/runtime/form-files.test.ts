import type { FormFile, FormProblem, FormSchema, JinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import type { ExecutionContext } from "ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const FORM: FormSchema = {
  type: "default",
  id: "papers",
  components: [
    { type: "filepicker", key: "papers", label: "申请材料", multiple: true, validate: { required: true } },
    { type: "filepicker", key: "proof", label: "核查照片", jinshui: { steps: { check: "edit", start: "hidden" } } },
  ],
};

const PROCESS = bpmn(
  "filed",
  `<startEvent id="start" jinshui:form="papers"/>
  <userTask id="check" name="核查" jinshui:position="section-chief" jinshui:form="papers" jinshui:actions="approve,return"/><endEvent id="end"/>
  ${flow("start", "check")}${flow("check", "end")}`,
);

async function open(db: Parameters<Parameters<typeof eachDatabase>[1]>[1]): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.deploy([PROCESS], [FORM]);
  return site;
}

async function* pieces(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

/** What somebody has uploaded, as a form holds it. */
async function uploaded(site: WorkflowSite, username: string, name: string, bureau = "wuhu"): Promise<FormFile> {
  const person = await site.db.database.findOne("person", { username });
  const about = { name, mediaType: "text/plain", bureau, actor: String(person?.["id"]) };
  const { file, size, sha256 } = await site.files.put(pieces(`${name} 的内容\n`), about);
  return { file, name, size, sha256 };
}

/** Whether somebody may read a file. */
async function reads(site: WorkflowSite, username: string, file: string): Promise<boolean> {
  const call = await site.auth.access.resolve(await site.as(username));
  return (await codeOf(site.files.readFor(call, file, "wuhu"))) === "ok";
}

async function problemsOf(t: ExecutionContext, call: Promise<unknown>): Promise<FormProblem[]> {
  const error = await t.throwsAsync<JinshuiError>(call);
  t.is(error.code, "invalid-form");
  return (error.details?.["problems"] ?? []) as FormProblem[];
}

eachDatabase(
  "files of a form are read by whoever may see the matter, and go with it into the archive",
  async (t, db) => {
    const site = await open(db);
    const [licence, map] = [await uploaded(site, "lixia", "营业执照.txt"), await uploaded(site, "lixia", "平面图.txt")];
    t.false(await reads(site, "wanggang", licence.file), "before it is handed in");
    const id = await site.start({ papers: [licence, map] }, "filed");
    for (const { file } of [licence, map]) t.true(await reads(site, "wanggang", file), "who decides");
    t.false(await reads(site, "zhaomin", licence.file), "who has nothing to do with it");

    const photo = await uploaded(site, "wanggang", "现场.txt");
    await site.act("wanggang", "approve", { proof: [photo] }, { element: "check" });
    t.true(await reads(site, "lixia", photo.file), "the applicant");
    const archive = await db.database.findOne("wf_archive", { instance: id });
    const { attachments } = archive?.["content"] as { attachments: { file: string; field: string }[] };
    t.deepEqual(
      attachments.map(({ file, field }) => `${field} ${file}`),
      [`papers ${licence.file}`, `papers ${map.file}`, `proof ${photo.file}`].sort(),
    );
    const { history } = await site.handlers.instance({ id }, await site.as("lixia"));
    t.like(history.find(({ type }) => type === "task-completed")?.changes?.[0], { key: "proof", after: [photo] });
    t.deepEqual((await site.replayed(id)).replayed, (await site.replayed(id)).stored);
  },
);

eachDatabase(
  "a file that is not there, is another than it is said to be, or is somebody else's is refused by its name",
  async (t, db) => {
    const site = await open(db);
    const own = await uploaded(site, "lixia", "自己的.txt");
    const other = await uploaded(site, "zhaomin", "别人的.txt");
    const start = (...papers: unknown[]): Promise<unknown> => site.start({ papers }, "filed");
    for (const wrong of [
      { ...own, file: "no-such-file" },
      { ...own, name: "改名.txt" },
      { ...own, sha256: "0".repeat(64) },
      { ...own, size: own.size + 1 },
      other,
    ])
      t.like(await problemsOf(t, start(own, wrong)), {
        0: { key: "papers", code: "file", params: { name: wrong.name } },
      });
    t.is(await db.database.count("wf_instance", {}), 0, "and nothing has begun");
    t.is(await db.database.count("file_link", {}), 0);
    t.like(await problemsOf(t, start()), { 0: { key: "papers", code: "required" } });
    t.like(await problemsOf(t, start("file")), { 0: { key: "papers", code: "type" } });
    t.like(await problemsOf(t, start(...Array.from({ length: 21 }, () => own))), { 0: { code: "too-many" } });

    await start(own);
    const [task] = await site.inbox("wanggang");
    const input = { id: task?.id ?? "", version: task?.version ?? 0, action: "approve", opinion: "可" };
    const photos = [await uploaded(site, "wanggang", "一.txt"), await uploaded(site, "wanggang", "二.txt")];
    const complete = async (proof: unknown[]): Promise<unknown> =>
      site.handlers.complete({ ...input, values: { proof } }, await site.as("wanggang"));
    t.like(await problemsOf(t, complete(photos)), { 0: { key: "proof", code: "too-many", params: { limit: "1" } } });
    t.like(await problemsOf(t, complete([other])), { 0: { key: "proof", code: "file" } });
    await complete(photos.slice(0, 1));
  },
);
