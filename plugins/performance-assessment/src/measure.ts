import type { OpInput, WorkflowApi } from "@jinshui/contracts";
import type { Workflow } from "@jinshui/plugin";
import { type Indicator, type Level, type Measured, measured } from "./indicator.js";

const PAGE = 200;
/** Pages of subjects: 20 000 of them. */
const MAX_PAGES = 100;

/** Of what figures are asked for: of the kernel's own question, what does not depend on the indicator. */
export type Asked = Pick<
  OpInput<WorkflowApi, "stepFigures">,
  "from" | "to" | "bureau" | "below" | "department" | "person"
>;

/** What indicators are for a person, a department or a bureau. */
export interface Subject {
  key: string;
  title: string;
  measured: Measured[];
}

/** What indicators are for each person, department or bureau, with the rights of who asks. */
export async function measure(
  workflow: Workflow,
  level: Level,
  indicators: readonly Indicator[],
  asked: Asked,
): Promise<{ subjects: Subject[]; asOf: string }> {
  const subjects = new Map<string, Subject>();
  let asOf = "";
  for (const kind of ["steps", "matters"] as const) {
    const own = indicators.filter((each) => each.kind === kind && each.levels.includes(level));
    if (own.length === 0) continue;
    const ask = kind === "steps" ? workflow.stepFigures : workflow.matterFigures;
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const found = await ask({ ...asked, by: level, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      asOf = found.asOf;
      for (const { key = "", title, ...figures } of found.figures) {
        // what is nobody's yet, or of no department, is nobody's merit
        if (key === "") continue;
        const subject = subjects.get(key) ?? { key, title: title?.["zh-CN"] ?? key, measured: [] };
        subject.measured.push(...own.map((indicator) => measured(indicator, figures)));
        subjects.set(key, subject);
      }
      cursor = found.nextCursor;
      if (cursor === undefined) break;
    }
  }
  return { subjects: [...subjects.values()].map((subject) => complete(subject, level, indicators)), asOf };
}

/** In the order of the indicators; those of which nothing was heard are without a value. */
function complete(subject: Subject, level: Level, indicators: readonly Indicator[]): Subject {
  const known = new Map(subject.measured.map((each) => [each.indicator, each]));
  return {
    ...subject,
    measured: indicators
      .filter(({ levels }) => levels.includes(level))
      .map((indicator) => known.get(indicator.id) ?? measured(indicator, undefined)),
  };
}
