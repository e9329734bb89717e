import type { TemplateOptions } from "./options.js";

/** Tests against a real site: what the plugin was made with does what it should. */
export function testFile({ id, records, parts }: TemplateOptions): string {
  const [keeps, process, service] = [records !== undefined, parts.has("process"), parts.has("service")];
  const apis = [
    ...(keeps ? ["storageApi"] : []),
    ...(keeps || process ? [] : ["supervisorApi"]),
    ...(process ? ["workflowApi"] : []),
  ];
  const tests = [
    ...(keeps ? [registerTest(id)] : []),
    ...(service ? [keeps ? countTest(id) : greetTest(id)] : []),
    ...(process ? [processTest(id, keeps && service)] : []),
    ...(keeps || process ? [] : [menuTest(id, parts.has("page"))]),
  ];
  return `import { ${apis.join(", ")} } from "@jinshui/contracts";
import { TestSite${process ? ", until" : ""} } from "@jinshui/testing";
import test from "ava";
import { join } from "node:path";

let site: TestSite;
test.before("a site with the plugin", async () => {
  site = await TestSite.start({ plugins: [join(import.meta.dirname, "..")] });
  await site.enable("${id}", "wuhu-county");
});
test.after.always("its end", () => site.stop());

${tests.join("\n")}`;
}

const registerTest = (
  id: string,
): string => `test.serial("a section chief enters one, and a clerk finds it but enters none", async (t) => {
  const chief = (await site.signIn("wanggang")).client(storageApi);
  const clerk = (await site.signIn("chenxiao")).client(storageApi);
  await chief.insert({ collection: "${id}.item", values: { code: "A-1", name: "第一个" } });
  const { records } = await clerk.find({ collection: "${id}.item" });
  t.deepEqual(
    records.map(({ values }) => values["name"]),
    ["第一个"],
  );
  const refused = clerk.insert({ collection: "${id}.item", values: { code: "A-2", name: "第二个" } });
  await t.throwsAsync(refused, { message: /${id}\\.manage/ });
});
`;

const countTest = (id: string): string => `test.serial("the service counts those of the bureau", async (t) => {
  const clerk = await site.signIn("chenxiao");
  t.deepEqual(await clerk.callPlugin("${id}", "count", {}), { total: 1 });
});
`;

const greetTest = (id: string): string => `test.serial("the service greets", async (t) => {
  const clerk = await site.signIn("chenxiao");
  t.deepEqual(await clerk.callPlugin("${id}", "greet", { to: "李霞" }), { text: "李霞，您好！" });
});
`;

const processTest = (
  id: string,
  enters: boolean,
): string => `test.serial("a clerk asks, and the section chief agrees", async (t) => {
  const clerk = (await site.signIn("chenxiao")).client(workflowApi);
  const { definitions } = await clerk.definitions({ startable: true });
  const definition = definitions.find(({ key }) => key === "${id}-request")?.id ?? "";
  const matter = await clerk.start({ definition, values: { name: "第二个", reason: "工作需要" } });
  const chief = (await site.signIn("wanggang")).client(workflowApi);
  const { tasks } = await chief.tasks({ kind: "todo" });
  const task = tasks.find(({ instance }) => instance === matter.id);
  t.is(task?.step, "科长审批");
  await chief.complete({ id: task?.id ?? "", version: task?.version ?? 0, action: "approve", values: {} });
  await until(async () => (await clerk.instance({ id: matter.id })).state === "completed");
${
  enters
    ? `  const storage = (await site.signIn("chenxiao")).client(storageApi);
  t.is((await storage.count({ collection: "${id}.item", filter: { name: "第二个" } })).total, 1);
`
    : ""
}});
`;

const menuTest = (
  id: string,
  page: boolean,
): string => `test.serial("the plugin runs${page ? ", and its page is in the menu" : ""}", async (t) => {
  const clerk = (await site.signIn("chenxiao")).client(supervisorApi);
  const found = (await clerk.contributions({})).plugins.find((plugin) => plugin.id === "${id}");
  t.is(found?.state, "running");
${page ? '  t.deepEqual(\n    found?.menu.map(({ view }) => view),\n    ["home"],\n  );\n' : ""}});
`;
