import type { FormSchema } from "@jinshui/contracts";

/** A sequence flow; without a condition it is always open. */
export function flow(source: string, target: string, condition?: string, id = `${source}-${target}`): string {
  const body = condition === undefined ? "" : `<conditionExpression>${condition}</conditionExpression>`;
  return `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${body}</sequenceFlow>`;
}

/** A BPMN file with one process. */
export function bpmn(id: string, content: string, attributes = `name="${id}"`): string {
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="${id}" ${attributes}>${content}</process></definitions>`;
}

/** Approval by the section chief, correction by the applicant, hand-over by the equipment position, a job of the plugin. */
export const REQUISITION = bpmn(
  "requisition",
  `<startEvent id="start" jinshui:form="req"/>
  <userTask id="chief" name="科长审批" jinshui:position="section-chief" jinshui:within="department" jinshui:form="req" jinshui:actions="approve,return" jinshui:dueDays="2"/>
  <exclusiveGateway id="ok" default="ok-handover"/><userTask id="revise" name="修改申请" jinshui:assign="applicant" jinshui:form="req" jinshui:actions="submit,withdraw"/>
  <userTask id="handover" name="发放" jinshui:position="equipment" jinshui:form="req" jinshui:actions="handover"/><serviceTask id="issue" jinshui:job="issue"/><endEvent id="end"/>
  ${flow("start", "chief")}${flow("chief", "ok")}${flow("ok", "handover")}${flow("ok", "revise", 'steps.chief.action = "return"')}${flow("revise", "chief")}${flow("handover", "issue")}${flow("issue", "end")}`,
  `name="设备领用" jinshui:title="&quot;领用:&quot; + reason"`,
);

/** The same, where the chief signs whatever is decided and the hand-over is signed. */
export const SIGNED_REQUISITION = REQUISITION.replace('id="requisition"', 'id="signed"')
  .replace('jinshui:actions="approve,return"', 'jinshui:actions="approve,return" jinshui:signature="required"')
  .replace('jinshui:actions="handover"', 'jinshui:actions="handover" jinshui:signature="handover"');

/** The form of `REQUISITION`. */
export const REQUISITION_FORM: FormSchema = {
  type: "default",
  id: "req",
  components: [
    {
      type: "textfield",
      key: "reason",
      label: "事由",
      validate: { required: true, maxLength: 20 },
      jinshui: { steps: { revise: "edit" } },
    },
    {
      type: "select",
      key: "item",
      label: "设备",
      validate: { required: true },
      jinshui: { type: "record", collection: "asset.item", steps: { handover: "edit", "*": "hidden" } },
    },
  ],
};
