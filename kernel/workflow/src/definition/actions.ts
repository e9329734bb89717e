import type { LocalText, TaskAction, TaskActionId } from "@jinshui/contracts";
import { actionIds } from "@jinshui/engine/site-check";

interface KnownAction extends TaskAction {
  /** Actions that go back or give up need no complete form. */
  checksForm: boolean;
}

const known = (
  id: TaskActionId | "reply" | "object",
  zh: string,
  en: string,
  tone: TaskAction["tone"],
  opinion: TaskAction["opinion"],
  checksForm = true,
): KnownAction => ({
  id,
  title: { "zh-CN": zh, en },
  tone,
  opinion,
  checksForm,
});

/** What people can do with a task; a process names the ids in `jinshui:actions`. */
const ACTIONS: ReadonlyMap<string, KnownAction> = new Map(
  [
    known("complete", "办结", "Complete", "primary", "optional"),
    known("approve", "同意", "Approve", "primary", "optional"),
    known("submit", "提交", "Submit", "primary", "none"),
    known("handover", "发放", "Hand over", "primary", "optional"),
    known("confirm", "确认", "Confirm", "primary", "optional"),
    known("return", "退回", "Return", "default", "required", false),
    known("reject", "驳回", "Reject", "danger", "required", false),
    known("withdraw", "撤回申请", "Withdraw", "danger", "none", false),
    // of tasks that help with a step: no process names them
    known("reply", "答复", "Reply", "primary", "required", false),
    known("object", "不同意", "Object", "default", "required", false),
  ].map((action) => [action.id, action]),
);

/** Actions that say no: of several who sign, one vote against. */
export function isNegative(id: string): boolean {
  return id === "reject" || id === "return" || id === "withdraw";
}

/** Known actions by their ids. */
export function actionsNamed(ids: readonly string[]): KnownAction[] {
  return ids.flatMap((id) => ACTIONS.get(id) ?? []);
}

/** Actions of a user task, in order; unknown ids were refused at deployment. */
export function actionsOf(extensions: Record<string, string>): KnownAction[] {
  return actionsNamed(actionIds(extensions));
}

export function actionTitle(id: string): LocalText {
  return ACTIONS.get(id)?.title ?? { "zh-CN": id };
}
