import type { FormSchema } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import test from "ava";
import { bpmn, flow } from "../testing/processes.js";
import { WorkflowSite } from "../testing/site.js";
import { filedDocuments } from "./documents.js";

const FORM: FormSchema = {
  type: "default",
  id: "papers",
  components: [
    {
      type: "select",
      key: "licence",
      label: "营业执照",
      values: [
        { value: "original", label: "原件" },
        { value: "none", label: "未提交" },
      ],
      jinshui: { document: "营业执照" },
    },
    { type: "textfield", key: "report", label: "报告编号", jinshui: { document: "调查报告" } },
    { type: "textfield", key: "other", label: "其他" },
  ],
};
const EXTENSIONS = { documents: "营业执照 调查报告  决定书 营业执照" };

test("a paper is filed when the field that stands for it has a value, each paper once and in the process's order", (t) => {
  const filed = (variables: Record<string, unknown>): unknown =>
    filedDocuments({ model: { extensions: EXTENSIONS }, forms: [FORM] }, variables).documents;
  t.deepEqual(filed({ licence: "original", report: "", other: "x" }), [
    { title: "营业执照", filed: true, value: "原件" },
    { title: "调查报告", filed: false },
    { title: "决定书", filed: false },
  ]);
  t.deepEqual(filed({ licence: "none", report: "2026-3" }), [
    { title: "营业执照", filed: false },
    { title: "调查报告", filed: true, value: "2026-3" },
    { title: "决定书", filed: false },
  ]);
  t.deepEqual(filedDocuments({ model: { extensions: {} }, forms: [FORM] }, { report: "1" }), {});
});

eachDatabase("a matter's papers, number, group, owner and English title", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const process = bpmn(
    "open",
    `<startEvent id="start" jinshui:form="papers"/><userTask id="check" name="核对" jinshui:assign="applicant" jinshui:actions="approve"/><endEvent id="end"/>${flow("start", "check")}${flow("check", "end")}`,
    `name="开业登记" jinshui:en="Registration" jinshui:code="B01" jinshui:group="registration" jinshui:owner="chief" jinshui:documents="营业执照 调查报告"`,
  );
  await site.deploy([process], [FORM]);
  const { definitions } = await site.handlers.definitions({}, await site.as("lixia"));
  t.like(
    definitions.find(({ key }) => key === "open"),
    {
      title: { "zh-CN": "开业登记", en: "Registration" },
      code: "B01",
      group: "registration",
      owner: "chief",
      documents: ["营业执照", "调查报告"],
    },
  );
  await site.start({ licence: "original" }, "open");
  await site.act("lixia", "approve");
  const [found] = (await site.handlers.archives({}, await site.as("lixia"))).archives;
  t.like(await site.handlers.archive({ id: found?.id ?? "" }, await site.as("lixia")), {
    intact: true,
    documents: [
      { title: "营业执照", filed: true, value: "原件" },
      { title: "调查报告", filed: false },
    ],
  });
});
