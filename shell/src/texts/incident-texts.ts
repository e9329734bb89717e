import type { Incident } from "@jinshui/contracts";
import type { Language } from "@jinshui/web";

/** What went wrong where a matter is stuck, and what helps; `{step}` is the place. */
export const incidentTexts: Record<Language, Record<`incident.${Incident["code"]}`, string>> = {
  "zh-CN": {
    "incident.dead-join":
      "「{step}」还在等其他分支，但已没有分支会到达。请管理员终止本办件，并修改流程图中的汇合条件。",
    "incident.no-open-flow": "「{step}」之后没有一条去路的条件成立。请核对表单内容；流程图应在此处设默认去路。",
    "incident.condition-failed": "「{step}」的条件算不出结果。请核对表单是否填全，再重试；否则需修改流程图。",
    "incident.subscription-failed": "「{step}」等待的消息、信号或时间没有写对，无法等待。请修改流程图后重新发起。",
    "incident.timer-failed": "「{step}」的时间无法计算。请核对表单中的日期，再重试；否则需修改流程图。",
    "incident.mapping-failed": "「{step}」的数据传递算不出结果。请核对表单是否填全，再重试。",
    "incident.link-target": "「{step}」的链接事件没有对应的目标。请修改流程图后重新发起。",
    "incident.endless-loop": "流程在「{step}」一带反复循环，没有停留的环节，系统已将其停下。请修改流程图中的循环条件。",
    "incident.no-transaction": "「{step}」要取消的事务不存在。请修改流程图后重新发起。",
    "incident.job-failed": "系统在「{step}」的处理没有成功。原因排除后可以重试。",
    "incident.call-failed": "「{step}」调用的子流程没有成功。原因排除后可以重试。",
    "incident.loop-failed": "「{step}」的重复次数或名单算不出结果。请核对表单是否填全，再重试。",
    "incident.script-failed": "「{step}」的脚本没有成功。请核对表单是否填全，再重试；否则需修改流程图。",
    "incident.expression-failed": "「{step}」的计算没有成功。请核对表单是否填全，再重试。",
    "incident.decision-failed": "「{step}」的决策表没有得出结果。请核对表单是否填全，再重试。",
    "incident.uncaught-error": "「{step}」报告了流程图中没有安排处理的差错。请管理员核实后重试或终止本办件。",
  },
  en: {
    "incident.dead-join":
      "“{step}” waits for other branches, and none can come any more. An administrator can end the matter; the diagram's join needs mending.",
    "incident.no-open-flow":
      "No way out of “{step}” is open. Check the form; the diagram should have a default flow here.",
    "incident.condition-failed":
      "A condition at “{step}” can't be worked out. Check that the form is complete and retry, or mend the diagram.",
    "incident.subscription-failed":
      "What “{step}” waits for (message, signal or time) is not written correctly. Mend the diagram and start again.",
    "incident.timer-failed":
      "The time at “{step}” can't be worked out. Check the dates in the form and retry, or mend the diagram.",
    "incident.mapping-failed": "The data for “{step}” can't be worked out. Check that the form is complete and retry.",
    "incident.link-target": "The link event “{step}” has no target. Mend the diagram and start again.",
    "incident.endless-loop":
      "The process went round “{step}” without a step to wait at, and was stopped. Mend the loop's condition in the diagram.",
    "incident.no-transaction": "“{step}” cancels a transaction that isn't there. Mend the diagram and start again.",
    "incident.job-failed": "The system's work at “{step}” failed. Retry when the cause is gone.",
    "incident.call-failed": "The process called at “{step}” failed. Retry when the cause is gone.",
    "incident.loop-failed":
      "How often or for whom “{step}” is repeated can't be worked out. Check that the form is complete and retry.",
    "incident.script-failed":
      "The script at “{step}” failed. Check that the form is complete and retry, or mend the diagram.",
    "incident.expression-failed": "The calculation at “{step}” failed. Check that the form is complete and retry.",
    "incident.decision-failed":
      "The decision table at “{step}” gave no result. Check that the form is complete and retry.",
    "incident.uncaught-error":
      "“{step}” reported an error that the diagram doesn't handle. An administrator can retry or end the matter.",
  },
};
