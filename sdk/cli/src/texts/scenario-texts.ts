import type { CommandTexts } from "../command-texts.js";

/** What `process test` says of recorded scenarios. */
export const scenarioTexts: CommandTexts = {
  "zh-CN": {
    "scenario.process": "{name}：{n} 个场景通过 {passed} 个，走过 {flows} 条连线中的 {taken} 条",
    "scenario.untaken": "没有场景走过：{from} → {to}",
    "scenario.noProcess": "场景文件写的流程 {process} 不在插件中",
    "scenario.passed": "{n} 个流程的业务测试全部通过",
    "scenario.failed": "{n} 个流程的业务测试有 {failed} 处不通过",
    "scenario.no-action": "环节“{step}”没有动作 {action}",
    "scenario.bad-value": "环节“{step}”不能填写字段 {field}，或者缺少它的值",
    "scenario.stuck": "停在“{element}”",
    "scenario.endless": "在“{element}”循环不止",
    "scenario.other-end": "应到达结束事件 {expected}，实际到达 {found}",
    "scenario.other-steps": "应经过 {expected}，实际经过 {found}",
  },
  en: {
    "scenario.process": "{name}: {passed} of {n} scenarios pass, {taken} of {flows} flows taken",
    "scenario.untaken": "taken by none: {from} → {to}",
    "scenario.noProcess": "the scenarios name process {process}, which the plugin does not have",
    "scenario.passed": "all scenarios of {n} processes pass",
    "scenario.failed": "of {n} processes {failed} things do not pass",
    "scenario.no-action": "step “{step}” has no action {action}",
    "scenario.bad-value": "step “{step}” can't write field {field}, or has no value for it",
    "scenario.stuck": "it is stuck at “{element}”",
    "scenario.endless": "it goes round for ever at “{element}”",
    "scenario.other-end": "it should end at {expected} and ends at {found}",
    "scenario.other-steps": "it should go {expected} and goes {found}",
  },
};
