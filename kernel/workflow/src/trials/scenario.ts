import { isJinshuiError, type ScenarioResult, type TrialScript } from "@jinshui/contracts";
import type { Definition } from "../definition/definitions.js";
import { actionTitle } from "../definition/actions.js";
import { refusedFields, TrialRun, type TrialSetting } from "./trial-run.js";

/** A trial as it is kept: what was done, for whom and when, and where it stood after the start and each act. */
export interface RecordedTrial {
  script: TrialScript;
  applicant: TrialSetting["applicant"];
  at: string;
  standing: string[][];
}

/** Goes through a whole trial; returns where it stood after the start and after each act. */
export function goThrough(run: TrialRun, { start, acts }: TrialScript): string[][] {
  run.start(start);
  const standing = [run.standing()];
  for (const act of acts) {
    run.act(act);
    standing.push(run.standing());
  }
  return standing;
}

/** What becomes of a recorded trial in a version: the first difference tells, what follows it means little. */
export function compare(
  definition: Definition,
  { script, applicant, at, standing }: RecordedTrial,
  options: TrialSetting["options"],
): Omit<ScenarioResult, "scenario"> {
  const run = new TrialRun(definition, { applicant, at, options });
  for (const [index, expected] of standing.entries()) {
    const act = script.acts[index - 1];
    const done = act && {
      did: act.step ?? act.element,
      ...(act.action === undefined ? {} : { action: actionTitle(act.action) }),
    };
    const before = run.state ? run.standing() : [];
    try {
      if (act) run.act(act);
      else run.start(script.start);
    } catch (error) {
      if (!isJinshuiError(error) || error.code === "internal") throw error;
      const fields = refusedFields(error);
      const difference = fields ? "form" : "impossible";
      return { same: false, at: index, ...done, difference, expected, now: fields ?? before };
    }
    const now = run.standing();
    if (JSON.stringify(now) !== JSON.stringify(expected))
      return { same: false, at: index, ...done, difference: "elsewhere", expected, now };
  }
  return { same: true };
}
