import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { WorkflowSite } from "../testing/site.js";

const REPAIR = bpmn(
  "repair",
  `<startEvent id="s"/><userTask id="check" name="鉴定" jinshui:position="equipment"/><userTask id="sign" jinshui:assign="applicant"/>
  <endEvent id="e"/>${flow("s", "check")}${flow("check", "sign")}${flow("sign", "e")}`,
  'name="设备报修"',
);

eachDatabase(
  "the steps of a position are those of the newest enabled processes, with their time limits",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([REPAIR]);
    const lixia = await site.as("lixia");
    const { steps, total } = await site.handlers.positionSteps({}, lixia);
    t.is(total, 2);
    t.deepEqual(
      steps.map(({ position, matter, step, ownDepartment, dueDays }) => [
        position,
        matter,
        step,
        ownDepartment,
        dueDays,
      ]),
      [
        ["equipment", "repair", "鉴定", false, undefined],
        ["section-chief", "requisition", "科长审批", true, 2],
        ["equipment", "requisition", "发放", false, undefined],
      ],
    );
    const first = await site.handlers.positionSteps({ position: "equipment", limit: 1 }, lixia);
    const second = await site.handlers.positionSteps(
      { position: "equipment", limit: 1, cursor: first.nextCursor ?? "" },
      lixia,
    );
    t.deepEqual(
      [...first.steps, ...second.steps].map(({ step }) => step),
      ["鉴定", "发放"],
    );
    t.is(second.nextCursor, undefined);
    t.deepEqual((await site.handlers.positionSteps({}, await site.as("zhouyan"))).steps, [], "not enabled there");
    await site.deploy();
    t.is((await site.handlers.positionSteps({}, lixia)).total, 1, "gone from the plugin, gone from the list");
  },
);
