import { syntaxError } from "../feel/feel.js";
import type { ElementModel, ProcessModel } from "../model/model.js";
import { checkOffice, positionsOf } from "./check-office.js";
import type { Problem, ProblemCode } from "../model/problem.js";

/** Longest id of a process or an element that a site can store, in characters. */
const MAX_ID_LENGTH = 100;

/** Years that archives are kept. */
const RETENTIONS: readonly string[] = ["permanent", "30", "10"];

/** What there is on a site for processes to ask for, by id. */
export interface SiteOffers {
  forms: readonly string[];
  jobs: readonly string[];
  actions: readonly string[];
  knowsPosition(id: string): boolean;
}

/** Work with a name that people see: in their lists, in the history, in notices. */
const ACTIVITIES = /(Task|^task|Activity|^subProcess|^transaction|^adHocSubProcess)$/;

/** What our attributes in a model ask for that is not there, what a site does not carry out, and what will surprise its people. */
export function checkProcess(model: ProcessModel, offers: SiteOffers): Problem[] {
  return [
    ...ofProcess(model),
    ...Object.values(model.elements).flatMap((element) => ofElement(model, element, offers)),
  ];
}

function ofProcess({ id, name, extensions }: ProcessModel): Problem[] {
  const { title, startPositions, repeat, retention } = extensions;
  const error = title === undefined ? undefined : syntaxError(title);
  const found: Omit<Problem, "process">[] = [];
  if (id.length > MAX_ID_LENGTH)
    found.push({ severity: "error", code: "long-id", element: id, elementType: "process", params: LONG });
  if (title !== undefined && error !== undefined)
    found.push({ severity: "error", code: "bad-expression", params: { expression: title, error } });
  if ((name ?? "").trim() === "") found.push({ severity: "warning", code: "no-name", params: { what: "process", id } });
  if (repeat !== undefined && repeat !== "skip")
    found.push({
      severity: "error",
      code: "bad-attribute",
      params: { attribute: "repeat", value: repeat, allowed: "skip" },
    });
  if (retention !== undefined && !RETENTIONS.includes(retention))
    found.push({
      severity: "error",
      code: "bad-attribute",
      params: { attribute: "retention", value: retention, allowed: RETENTIONS.join(", ") },
    });
  if (startPositions === undefined) found.push({ severity: "warning", code: "anyone-starts" });
  for (const params of badLimits(extensions, "limit"))
    found.push({ severity: "error", code: "bad-time-limit", params });
  return found.map((problem) => ({ ...problem, process: id }));
}

const LONG = { limit: String(MAX_ID_LENGTH) };

function ofElement(model: ProcessModel, element: ElementModel, offers: SiteOffers): Problem[] {
  const problems: Problem[] = [];
  const add = (severity: Problem["severity"], code: ProblemCode, params?: Record<string, string>): void => {
    problems.push({
      severity,
      code,
      process: model.id,
      element: element.id,
      elementType: element.type,
      ...(element.name === undefined ? {} : { elementName: element.name }),
      ...(params ? { params } : {}),
    });
  };
  const { form, position, job, signature, signers } = element.extensions;
  if (element.id.length > MAX_ID_LENGTH) add("error", "long-id", LONG);
  if (form !== undefined && !offers.forms.includes(form)) add("error", "unknown-form", { form });
  for (const each of positionsOf(element.extensions))
    if (!offers.knowsPosition(each)) add("warning", "unknown-position", { position: each });
  if (element.type === "userTask") {
    for (const action of actionIds(element.extensions))
      if (!offers.actions.includes(action)) add("error", "unknown-action", { action });
    for (const action of signedActions(element.extensions))
      if (!actionIds(element.extensions).includes(action)) add("error", "bad-signature", { action });
    checkOffice(model, element, add);
    if (position === undefined && signers === undefined && element.extensions["assign"] !== "applicant")
      add("warning", "no-assignee", vendorAssignment(element));
  }
  for (const params of badLimits(element.extensions, "due")) add("error", "bad-time-limit", params);
  if (signature !== undefined && element.type !== "userTask") add("error", "bad-signature", { what: "nobody" });
  const missing = missingOnSite(element);
  if (missing !== undefined) add("error", "not-on-site", { what: missing });
  // nobody does a task of no kind: a person who drew one should know
  if (element.type === "task") add("warning", "no-job");
  if (element.type === "serviceTask" || element.type === "sendTask" || element.type === "businessRuleTask") {
    if (job === undefined) add("warning", "no-job");
    else if (!offers.jobs.includes(job)) add("error", "unknown-job", { job });
  }
  if (ACTIVITIES.test(element.type) && (element.name ?? "").trim() === "") add("warning", "no-name");
  return problems;
}

/** Longest time limit, in days. */
const MAX_LIMIT_DAYS = 3_650;

/** Attributes of a time limit that can't be read. */
function badLimits(extensions: Record<string, string>, prefix: "due" | "limit"): Record<string, string>[] {
  const most = { Days: MAX_LIMIT_DAYS, Hours: MAX_LIMIT_DAYS * 24 };
  return (["Days", "Hours", "Unit"] as const).flatMap((part) => {
    const text = extensions[`${prefix}${part}`];
    if (text === undefined) return [];
    const isGood = part === "Unit" ? /^(working|natural)$/.test(text) : Number(text) > 0 && Number(text) <= most[part];
    return isGood ? [] : [{ attribute: `${prefix}${part}`, text: text.slice(0, 60) }];
  });
}

/** Ids of the actions that a user task offers, in order. */
export function actionIds(extensions: Record<string, string>): string[] {
  return listed(extensions["actions"] ?? "complete");
}

function listed(text: string): string[] {
  return text
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
}

/** Ids of the actions that take a signature: those that `signature` names, all of them for `required`. */
export function signedActions(extensions: Record<string, string>): string[] {
  const { signature } = extensions;
  if (signature === undefined) return [];
  return signature.trim() === "required" ? actionIds(extensions) : listed(signature);
}

/** How a model of another tool says who does a task, which means nothing to a site. */
function vendorAssignment({ vendor = {} }: ElementModel): Record<string, string> | undefined {
  const given = ["assignee", "candidateGroups", "candidateUsers"].flatMap((name) =>
    vendor[name] === undefined ? [] : [`${name}="${vendor[name].slice(0, 60)}"`],
  );
  return given.length === 0 ? undefined : { what: "vendor", given: given.join(" ") };
}

/** What the engine can do but a site does not carry out yet: ad-hoc work, for which there is no page. */
function missingOnSite(element: ElementModel): string | undefined {
  return element.type === "adHocSubProcess" ? element.type : undefined;
}
