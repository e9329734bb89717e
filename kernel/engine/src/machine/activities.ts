import type { ElementType } from "../model/model.js";

/** Activities, which may loop, be skipped and have boundary events. */
export const ACTIVITIES: ReadonlySet<ElementType> = new Set<ElementType>([
  "task",
  "manualTask",
  "userTask",
  "serviceTask",
  "sendTask",
  "receiveTask",
  "scriptTask",
  "businessRuleTask",
  "callActivity",
  "subProcess",
  "transaction",
  "adHocSubProcess",
]);
