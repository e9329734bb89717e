import type { FormSchema } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { PLUGIN, WorkflowSite } from "../testing/site.js";

const form = (id: string): FormSchema => ({ type: "default", id, components: [] });
const leave = (name: string, position = "section-chief"): string =>
  bpmn(
    "leave",
    `<startEvent id="s" jinshui:form='leave'/><userTask id="a" name="审批" jinshui:position="${position}"/><endEvent id="e"/>${flow("s", "a")}${flow("a", "e")}`,
    `name="${name}" jinshui:startPositions="clerk"`,
  );

eachDatabase(
  "a file that is deployed already is not read again, whatever it takes to notice a change",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { definitions } = site.workflow;
    let asked = 0;
    Object.defineProperty(definitions, "knowsPosition", { value: () => ((asked += 1), true) });
    const deploy = async (xml: string[], jobs: string[] = []): Promise<number> => {
      asked = 0;
      const processes = xml.map((text, index) => ({ file: `${index}.bpmn`, xml: text }));
      await definitions.deployPlugin(PLUGIN, [{ processes, forms: [form("leave"), form("other")], jobs }]);
      return asked;
    };
    const versions = (): Promise<number> => db.database.count("wf_definition", { process_key: "leave" });
    const latest = async (): Promise<unknown> =>
      (await db.database.findOne("wf_definition", { process_key: "leave", latest: true }))?.["title"];

    t.true((await deploy([leave("请假")])) > 0);
    const row = await db.database.findOne("wf_definition", { process_key: "leave" });
    t.deepEqual(
      (row?.["forms"] as FormSchema[]).map(({ id }) => id),
      ["leave"],
      "matters keep the forms of their own process",
    );
    t.is(await deploy([leave("请假")]), 0);
    t.true((await deploy([leave("请假")], ["new-job"])) > 0, "other jobs: it is checked again");
    t.is(await versions(), 1, "and stays what it is");
    t.is(await deploy([leave("请假")], ["new-job"]), 0);

    t.true((await deploy([leave("休假")], ["new-job"])) > 0);
    t.is(await latest(), "休假");
    t.true((await deploy([leave("请假")], ["new-job"])) > 0, "the one from before is not the latest");
    t.deepEqual([await latest(), await versions()], ["请假", 2]);

    await deploy([], ["new-job"]);
    t.is(await latest(), undefined, "no longer brought");
    await deploy([leave("请假")], ["new-job"]);
    t.is(await latest(), "请假");
  },
);

eachDatabase("of a file with two processes of which one is missing both are deployed again", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const two = leave("请假").replace(
    "</process>",
    `</process>${
      /<process[\s\S]*<\/process>/
        .exec(leave("销假"))?.[0]
        .replace('id="leave"', 'id="back"')
        .replaceAll(/id="([sae])"|Ref="([sae])"/g, (match) => match.replace(/"(\w)"/, '"b$1"'))
        .replaceAll(/id="(\w)-(\w)"/g, 'id="b$1-$2"') ?? ""
    }`,
  );
  const deploy = (): Promise<void> =>
    site.workflow.definitions.deployPlugin(PLUGIN, [
      { processes: [{ file: "two.bpmn", xml: two }], forms: [form("leave")], jobs: [] },
    ]);
  await deploy();
  t.is(await db.database.count("wf_definition", { latest: true, process_key: { in: ["leave", "back"] } }), 2);
  await db.database.transaction((tx) => tx.remove("wf_definition", { process_key: "back" }));
  await deploy();
  t.is(await db.database.count("wf_definition", { latest: true, process_key: { in: ["leave", "back"] } }), 2);
});
