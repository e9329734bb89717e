import { problemTexts } from "@jinshui/engine/problem-texts";
import type { Reason } from "@jinshui/plugin-process-designer/steps";
import { language, t } from "@jinshui/web";

/** Why a process is no list of steps, in words. */
export function reasonWords({ code, type = "", element = "" }: Reason): string {
  const { elements } = problemTexts[language()];
  return t(`process-designer.reason.${code}`, { kind: elements[type] ?? type, element });
}
